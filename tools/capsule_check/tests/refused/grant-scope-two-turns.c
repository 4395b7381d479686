// Writes grant_enter by hand, with a pointer that stays.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

#define IMITATION(id) for (evil_grant_data *p = grant_open((&(evil_grant)), (id)); p != NULL; grant_close())

static void run(struct process_id id)
{
    IMITATION(id) { // REFUSED
        p->value = 1;
    }
}
