// Keeps a pointer of one process in another's grant.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    struct evil_process *other;
};
GRANT(evil_grant, struct evil_process, 0, 0, 0); // REFUSED

static void run(struct process_id id, struct evil_process *own)
{
    grant_enter (evil_grant, id, p) {
        p->other = own;
    }
}
