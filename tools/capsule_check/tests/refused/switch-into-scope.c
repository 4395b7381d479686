// Jumps into a scope from a switch around it.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id, uint32_t number)
{
    switch (number) {
    case 1:
        grant_enter (evil_grant, id, p) {
        case 2: // REFUSED
            p->value = 1;
        }
        break;
    default:
        break;
    }
}
