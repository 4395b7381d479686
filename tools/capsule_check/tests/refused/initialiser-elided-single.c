// The same around a single field, where no parser warns.
#include "kernel/hil/slice.h"

struct evil {
    struct slice room;
};

static uint32_t get(uint8_t *where)
{
    struct evil evil = {where, 1000}; // REFUSED
    return slice_get(slice_as_const(evil.room), 999);
}
