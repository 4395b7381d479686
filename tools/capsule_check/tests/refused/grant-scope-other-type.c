// Writes grant_enter by hand, with a larger type.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil_large {
    uint32_t value;
    uint8_t more[4000];
};

#define IMITATION(id) for (struct evil_large *p = grant_open((&(evil_grant)), (id)); p != NULL; grant_close(), p = NULL)

static void run(struct process_id id)
{
    IMITATION(id) { // REFUSED
        p->value = 1;
    }
}
