// Keeps one process's grant until the next one's turn.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(void)
{
    struct evil_process *last = NULL;
    grant_each (evil_grant, id, p) {
        if (last != NULL) {
            last->value = p->value;
        }
        last = p; // REFUSED
    }
}
