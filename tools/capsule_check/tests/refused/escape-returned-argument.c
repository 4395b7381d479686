// Keeps what a function returned that was lent the pointer.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    struct evil_process *kept;
    uint8_t own_bytes[8];
    struct slice slice;
};

static struct evil_process *same(BORROWED struct evil_process *q)
{
    return q;
}

static struct evil_process *same_again(BORROWED struct evil_process *q)
{
    struct evil_process *result = same(q);
    return result;
}

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        own->kept = same(p); // REFUSED
        own->kept = same_again(p); // REFUSED
        own->slice = slice_part(SLICE_OF(p->bytes), 1, 2); // REFUSED
    }
}
