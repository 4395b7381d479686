/* peripherals/iface/random.h - the one source of randomness in devices and parts: a 64-bit state
 * seeded from device_env.seed. Reference: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators" (2014), SplitMix64. Not for cryptography outside the simulator. */
#ifndef PERIPHERALS_IFACE_RANDOM_H
#define PERIPHERALS_IFACE_RANDOM_H

#include <stdint.h>

/* The next 64 random bits. Any state is a good state. */
static inline uint64_t random_next(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15U;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

#endif
