// Leaves a scope before its end, and goes round by itself.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        grant_close(); // REFUSED
        (void)grant_visit(&evil_grant, &id); // REFUSED
    }
}
