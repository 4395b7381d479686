// Names a field of a field.
#include "kernel/hil/slice.h"

struct evil {
    struct slice room;
    uint32_t used;
};

static uint32_t get(uint8_t *where)
{
    struct evil evil = {.room.bytes = where, .room.length = 1000}; // REFUSED
    return slice_get(slice_as_const(evil.room), 999);
}
