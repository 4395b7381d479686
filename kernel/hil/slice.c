#include "kernel/hil/slice.h"

uint32_t slice_copy_bytes(uint8_t *to, uint32_t to_length, const uint8_t *from,
                          uint32_t from_length)
{
    uint32_t count = to_length < from_length ? to_length : from_length;
    if (to < from) {
        for (uint32_t i = 0; i < count; i++) {
            to[i] = from[i];
        }
    } else {
        for (uint32_t i = count; i > 0; i--) {
            to[i - 1] = from[i - 1];
        }
    }
    return count;
}

bool slice_are_bytes_equal(const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length)
{
    bool is_equal = a_length == b_length;
    for (uint32_t i = 0; is_equal && i < a_length; i++) {
        is_equal = a[i] == b[i];
    }
    return is_equal;
}
