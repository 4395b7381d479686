/* sim/machine/scramble.h - one step of SplitMix64 (Steele, Lea, Flood, 2014): neighbours of x give
 * unrelated numbers. */
#ifndef SIM_MACHINE_SCRAMBLE_H
#define SIM_MACHINE_SCRAMBLE_H

#include <stdint.h>

static inline uint64_t scramble(uint64_t x)
{
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27) * 0x94D049BB133111EBU;
    return x ^ x >> 31;
}

#endif
