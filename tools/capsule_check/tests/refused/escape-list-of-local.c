// Keeps slices out of a local array of slices.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    struct slice parts[2];
};

static void run(struct evil *own, uint32_t number)
{
    uint8_t local[8] = {0};
    struct slice all[2] = {SLICE_OF(local), SLICE_OF(local)};
    own->parts[0] = all[number]; // REFUSED
    own->parts[1] = slice_part(all[0], 1, 2); // REFUSED
}
