// Takes a slice apart.
#include "kernel/hil/slice.h"

static uint32_t get(struct slice slice)
{
    struct slice copy = slice;
    uint8_t *bytes = slice.bytes; // REFUSED
    copy.bytes = bytes;           // REFUSED
    return *copy.bytes;           // REFUSED
}
