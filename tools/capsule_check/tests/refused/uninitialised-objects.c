// Pointers that point anywhere.
#include "kernel/hil/slice.h"

struct evil {
    uint32_t number;
    struct slice room;
};

static uint32_t get(uint32_t *good)
{
    uint32_t *p;            // REFUSED
    struct slice slice;     // REFUSED
    struct evil evil;       // REFUSED
    uint32_t *many[2];      // REFUSED
    uint32_t number;
    p = good;
    slice = evil.room;
    many[0] = p;
    number = *many[0];
    return number + slice_get(slice_as_const(slice), 0);
}
