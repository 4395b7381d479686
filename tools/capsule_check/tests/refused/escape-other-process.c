// Keeps one process's grant while another's is entered.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    grant_each (evil_grant, other, q) {
        struct evil_process *last = q;
        grant_enter (evil_grant, id, p) {
            last = p; // REFUSED
        }
        last->value = q->value;
    }
}
