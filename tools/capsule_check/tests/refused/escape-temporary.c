// Keeps a pointer into a value that a function returned.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static struct evil_process made(void)
{
    return (struct evil_process){.value = 1};
}

static uint32_t run(void)
{
    struct slice late = {made().bytes, 8}; // REFUSED
    return slice_get(slice_as_const(late), 0);
}
