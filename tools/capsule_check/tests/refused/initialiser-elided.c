// Leaves out the braces of a slice, and with them what its fields get.
#include "kernel/hil/slice.h"

struct evil {
    struct slice room;
    uint32_t used;
};

static uint32_t get(uint8_t *where)
{
    struct evil evil = {where, 1000, 0}; // REFUSED by parse
    return slice_get(slice_as_const(evil.room), 999);
}
