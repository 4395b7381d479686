// Keeps a slice of a grant by copying a struct that has it in it.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    struct evil_holder {
        uint32_t number;
        struct slice slice;
    } holder;
};

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        struct evil_holder local = {1, SLICE_OF(p->bytes)};
        own->holder = local; // REFUSED
    }
}
