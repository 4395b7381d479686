/* Word by word where both ends allow it: structures and stacks are. */
#include "kernel/core/memory.h"

#include <stdint.h>

/* May alias anything, as these functions must. */
typedef uint32_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if ((((uintptr_t)out | (uintptr_t)in) & (sizeof(word) - 1u)) == 0) {
        for (; count >= sizeof(word); count -= sizeof(word)) {
            *(word *)(void *)out = *(const word *)(const void *)in;
            out += sizeof(word);
            in += sizeof(word);
        }
    }
    while (count-- > 0) {
        *out++ = *in++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if (out <= in) {
        while (count-- > 0) {
            *out++ = *in++;
        }
    } else {
        while (count-- > 0) {
            out[count] = in[count];
        }
    }
    return to;
}

void *memset(void *to, int value, size_t count)
{
    uint8_t *out = to;
    uint8_t byte = (uint8_t)value;
    if (((uintptr_t)out & (sizeof(word) - 1u)) == 0) {
        word pattern = byte * 0x01010101u;
        /* Nobody else runs while the memory of a high break is cleared: 8 words in a row take a
         * third of the time. */
        for (; count >= 8 * sizeof(word); count -= 8 * sizeof(word)) {
            word *words = (word *)(void *)out;
            words[0] = pattern;
            words[1] = pattern;
            words[2] = pattern;
            words[3] = pattern;
            words[4] = pattern;
            words[5] = pattern;
            words[6] = pattern;
            words[7] = pattern;
            out += 8 * sizeof(word);
        }
        for (; count >= sizeof(word); count -= sizeof(word)) {
            *(word *)(void *)out = pattern;
            out += sizeof(word);
        }
    }
    while (count-- > 0) {
        *out++ = byte;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
    const uint8_t *left = a;
    const uint8_t *right = b;
    for (size_t i = 0; i < count; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}
