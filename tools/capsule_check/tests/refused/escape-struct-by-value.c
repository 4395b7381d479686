// Passes a struct with a slice of a grant in it to a function that may keep it.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil_holder {
    uint32_t number;
    struct slice slice;
};
struct evil {
    struct evil_holder holder;
};

static void keep(struct evil *own, struct evil_holder holder)
{
    own->holder = holder;
}

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        struct evil_holder local = {.number = 1, .slice = SLICE_OF(p->bytes)};
        keep(own, local); // REFUSED
        keep(own, (struct evil_holder){1, SLICE_OF(p->bytes)}); // REFUSED
    }
}
