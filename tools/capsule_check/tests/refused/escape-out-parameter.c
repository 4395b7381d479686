// Hands out the pointer of a grant through a pointer to a variable.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void give(BORROWED struct evil_process **to, BORROWED struct evil_process *q)
{
    *to = q; // REFUSED
}

static void give_slice(BORROWED struct slice *to, BORROWED struct evil_process *q)
{
    *to = SLICE_OF(q->bytes); // REFUSED
}

static void run(struct process_id id)
{
    struct evil_process *late = NULL;
    struct slice bytes = {NULL, 0};
    grant_enter (evil_grant, id, p) {
        give(&late, p);
        give_slice(&bytes, p);
    }
    late->value = 1;
    (void)slice_put(bytes, 0, 1);
}
