/* sim/loader/tests/mutate.h - damages a good input in reproducible ways, for tests that a reader
 * survives whatever it is given. */
#ifndef SIM_LOADER_TESTS_MUTATE_H
#define SIM_LOADER_TESTS_MUTATE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint32_t mutate_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A damaged copy, to be freed: exactly as long as it says, so that ASan sees any access past it. */
static inline uint8_t *mutate_copy(const uint8_t *good, size_t size, uint32_t seed,
                                   size_t *mutated_size)
{
    uint32_t state = seed * 2654435761U + 1;
    size_t length = mutate_random(&state) % 4 == 0 ? mutate_random(&state) % (size + 1) : size;
    uint8_t *copy = malloc(length == 0 ? 1 : length);
    memcpy(copy, good, length);
    uint32_t changes = mutate_random(&state) % 8;
    for (uint32_t i = 0; i < changes && length > 0; i++) {
        /* Headers are at the front: hit them more often. */
        size_t reach = mutate_random(&state) % 2 == 0 && length > 128 ? 128 : length;
        static const uint8_t edges[] = {0x00, 0xFF, 0x80, 0x7F, 0x01};
        uint8_t value = mutate_random(&state) % 2 == 0 ? edges[mutate_random(&state) % 5]
                                                       : (uint8_t)mutate_random(&state);
        copy[mutate_random(&state) % reach] = value;
    }
    *mutated_size = length;
    return copy;
}

#endif
