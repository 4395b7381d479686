// Leaves a scope for the loop around it.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    for (uint32_t i = 0; i < 3; i++) {
        grant_enter (evil_grant, id, p) {
            p->value = i;
            if (i == 1) {
                continue; // REFUSED
            }
            break; // REFUSED
        }
    }
    grant_each (evil_grant, other, p) {
        if (process_id_is_equal(id, other)) {
            break; // REFUSED
        }
        p->value = 1;
    }
}
