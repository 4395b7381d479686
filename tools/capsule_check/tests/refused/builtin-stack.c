// Looks at the stack and takes some.
#include <stdint.h>

static uint32_t evil(uint32_t bytes)
{
    uint8_t *more = __builtin_alloca(bytes);                // REFUSED
    uint8_t *back = __builtin_return_address(0);            // REFUSED
    uint8_t *frame = __builtin_frame_address(0);            // REFUSED
    uint32_t size = __builtin_object_size(more, 0);         // REFUSED
    return size + (uint32_t)__builtin_offsetof(struct a, b) // REFUSED
           + *back + *frame;
}
