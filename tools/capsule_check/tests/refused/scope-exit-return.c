// Returns out of a scope.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        if (p->value > 1) {
            return; // REFUSED
        }
        p->value = 1;
    }
}
