#include "sim/machine/state_hash.h"

#include <string.h>

#define PRIME_1 0x9E3779B185EBCA87U
#define PRIME_2 0xC2B2AE3D27D4EB4FU
#define PRIME_3 0x165667B19E3779F9U
#define PRIME_4 0x85EBCA77C2B2AE63U
#define PRIME_5 0x27D4EB2F165667C5U

#define STRIPE_BYTES 32U

/* The words of the algorithm are little endian, as is every host of the simulator (see
 * machine_snapshot.c). */
static uint64_t load_64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint32_t load_32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t round_of(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * PRIME_2, 31) * PRIME_1;
}

static uint64_t merge(uint64_t hash, uint64_t lane)
{
    return (hash ^ round_of(0, lane)) * PRIME_1 + PRIME_4;
}

static uint64_t hash_stripes(const uint8_t *at, size_t stripes, uint64_t seed)
{
    uint64_t a = seed + PRIME_1 + PRIME_2;
    uint64_t b = seed + PRIME_2;
    uint64_t c = seed;
    uint64_t d = seed - PRIME_1;
    for (; stripes > 0; stripes--, at += STRIPE_BYTES) {
        a = round_of(a, load_64(at));
        b = round_of(b, load_64(at + 8));
        c = round_of(c, load_64(at + 16));
        d = round_of(d, load_64(at + 24));
    }
    uint64_t hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(hash, a), b), c), d);
}

static uint64_t hash_rest(const uint8_t *at, size_t left, uint64_t hash)
{
    for (; left >= 8; left -= 8, at += 8) {
        hash = rotate(hash ^ round_of(0, load_64(at)), 27) * PRIME_1 + PRIME_4;
    }
    if (left >= 4) {
        hash = rotate(hash ^ load_32(at) * PRIME_1, 23) * PRIME_2 + PRIME_3;
        at += 4;
        left -= 4;
    }
    for (; left > 0; left--, at++) {
        hash = rotate(hash ^ *at * PRIME_5, 11) * PRIME_1;
    }
    return hash;
}

uint64_t state_hash(const void *bytes, size_t size, uint64_t seed)
{
    const uint8_t *at = bytes;
    size_t stripes = size / STRIPE_BYTES;
    uint64_t hash = stripes > 0 ? hash_stripes(at, stripes, seed) : seed + PRIME_5;
    size_t left = size % STRIPE_BYTES;
    hash = hash_rest(size > left ? at + (size - left) : at, left, hash + size);
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    return hash ^ hash >> 32;
}
