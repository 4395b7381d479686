/* bench/guests/bench.h - what the benchmark guests share: how much to do, where they run, how they
 * end.
 *
 * A guest is one ELF for nRF52 (the simulator) and for QEMU's mps2-an386. It does `bench_rounds`
 * rounds of its work, says on the console whether what came out is right, and resets the system:
 * qemu -no-reboot leaves there. After that reset it sleeps, so that a simulator in which idle time
 * costs nothing is done too.
 */
#ifndef BENCH_GUESTS_BENCH_H
#define BENCH_GUESTS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/guests/bare.h"

/* Defined by each guest. bench/run.py may put another number in its place in the ELF, so the
 * compiler must not know it. */
extern const volatile uint32_t bench_rounds;

/* Defined by each guest: its work. Ends with bench_finish. */
void bench_main(void);

/* True on QEMU's mps2-an386, false on nRF52: SysTick has a reference clock there. */
bool bench_on_mps2(void);

/* Prints "right RESULT WORK" or "wrong RESULT WORK", both numbers in hexadecimal, and resets.
 * `work`: how much was done, where that may differ between machines; else bench_rounds. */
void bench_finish(bool right, uint32_t result, uint32_t work) __attribute__((noreturn));

/* The next of a sequence of pseudo-random numbers; the state must not be 0. */
static inline uint32_t bench_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

#endif
