/* sim/machine/state_hash.h - XXH64, the well-known 64-bit hash: fast, the same on every host, no
 * protection against someone who wants a collision. Reference: Y. Collet, "xxHash fast digest
 * algorithm", version 0.1.1, XXH64. */
#ifndef SIM_MACHINE_STATE_HASH_H
#define SIM_MACHINE_STATE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t state_hash(const void *bytes, size_t size, uint64_t seed);

#endif
