// Keeps the address of a local variable.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    uint32_t *number;
    struct slice slice;
};

static void run(struct evil *own)
{
    uint32_t local = 1;
    uint8_t bytes[4] = {0};
    own->number = &local; // REFUSED
    own->slice = SLICE_OF(bytes); // REFUSED
}
