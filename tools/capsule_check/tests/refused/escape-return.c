// Returns what was lent, by way of a variable and from a block.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static struct evil_process *find(struct process_id id)
{
    struct evil_process *found = NULL;
    grant_enter (evil_grant, id, p) {
        found = p; // REFUSED
    }
    return found;
}

static struct slice bytes(void)
{
    uint8_t local[4] = {0};
    struct slice all = SLICE_OF(local);
    return all; // REFUSED
}
