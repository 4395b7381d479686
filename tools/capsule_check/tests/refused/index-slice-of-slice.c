// Makes a slice from another's bytes with a length of its own.
#include "kernel/hil/slice.h"

struct evil_holder {
    struct slice slice;
};

static uint32_t run(struct slice bytes)
{
    struct evil_holder holder = {.slice = {bytes.bytes, 4000}}; // REFUSED
    return holder.slice.length;
}
