// Keeps the address of a parameter and of a slice that came as one.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    uint32_t *number;
    struct slice *slice;
    struct evil_process *kept;
};

static void run(struct evil *own, uint32_t number, struct slice slice, struct evil_process *late)
{
    struct evil_process inner = {.value = number};
    own->number = &number; // REFUSED
    own->slice = &slice; // REFUSED
    late = &inner;
    own->kept = late; // REFUSED
}
