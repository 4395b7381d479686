// Makes a slice longer than it is.
#include "kernel/hil/slice.h"

static uint32_t get(struct slice slice)
{
    struct slice copies[2] = {{NULL, 0}, {NULL, 0}};
    slice.length = 1000;               // REFUSED
    slice.length += 1;                 // REFUSED
    slice.length++;                    // REFUSED
    uint32_t *length = &slice.length;  // REFUSED
    *length = 1000;
    copies[0] = slice;
    copies[0].length = 7;              // REFUSED
    return slice_get(slice_as_const(copies[0]), 999);
}
