// Hides the type of a grant behind another of its name.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil_large {
    uint32_t value[500];
};

static void run(struct process_id id)
{
    typedef struct evil_large evil_grant_data; // REFUSED by declaration
    grant_enter (evil_grant, id, p) { // REFUSED
        p->value[400] = 1;
    }
}
