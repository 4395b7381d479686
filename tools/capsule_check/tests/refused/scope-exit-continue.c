// Continues out of a scope, past a switch that takes no continue.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        switch (p->value) {
        case 1:
            continue; // REFUSED
        default:
            break;
        }
    }
}
