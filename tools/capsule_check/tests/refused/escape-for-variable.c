// Keeps the pointer of a grant in the variable of a loop around the scope.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    for (struct evil_process *last = NULL; last == NULL || last->value < 3;) {
        grant_enter (evil_grant, id, p) {
            last = p; // REFUSED
        }
    }
}
