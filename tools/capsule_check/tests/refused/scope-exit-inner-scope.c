// Returns out of two scopes, from a loop in the inner one.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static uint32_t run(struct process_id id)
{
    grant_each (evil_grant, other, q) {
        grant_enter (evil_grant, id, p) {
            while (p->value > 0) {
                if (q->value == p->value) {
                    return process_id_index(other); // REFUSED
                }
                p->value--;
            }
        }
    }
    return 0;
}
