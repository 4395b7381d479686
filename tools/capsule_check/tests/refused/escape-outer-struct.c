// Keeps a slice of a grant in a struct that outlives the scope.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil_pair {
    struct slice slice;
};

static void run(struct process_id id)
{
    struct evil_pair late = {.slice = {NULL, 0}};
    grant_enter (evil_grant, id, p) {
        late.slice = SLICE_OF(p->bytes); // REFUSED
    }
    (void)slice_put(late.slice, 0, 1);
}
