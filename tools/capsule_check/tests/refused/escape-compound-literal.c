// Keeps the pointer of a grant in a new value of the whole instance.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    struct evil_process *kept;
    uint32_t count;
};

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        *own = (struct evil){.kept = p, .count = 1}; // REFUSED
        *own = (struct evil){p, 1}; // REFUSED
    }
}
