// Reads and writes bytes of its instance through slices.
#include <stdint.h>

#include "kernel/hil/slice.h"

struct slices {
    uint8_t bytes[4];
    uint32_t count;
};

uint8_t slices_swap(struct slices *own, uint32_t index, uint8_t byte);
uint8_t slices_swap(struct slices *own, uint32_t index, uint8_t byte)
{
    struct slice bytes = SLICE_OF(own->bytes);
    uint8_t before = slice_get(slice_as_const(bytes), index);
    if (slice_put(bytes, index, byte)) {
        own->count++;
    }
    return before;
}
