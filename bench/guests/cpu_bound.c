/* A CPU-bound guest that runs on nRF52 and on QEMU's mps2-an386 alike: checksums, sorting, a sieve,
 * a matrix product. It ends by a system reset (qemu -no-reboot leaves there); after that reset it
 * sleeps, so that a simulator in which idle time costs nothing is done too. */
#include "tests/guests/bare.h"

#include <stdbool.h>

#define ROUNDS      8000U
#define DONE        0x600D600DU
#define WORDS       512U
#define SIEVE_BYTES 4096U
#define SIDE        16U

__attribute__((section(".noinit"))) static uint32_t done;
__attribute__((section(".noinit"))) static uint32_t result;
static uint32_t words[WORDS];
static uint8_t sieve[SIEVE_BYTES];
static int32_t a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static uint32_t checksum(const uint32_t *from, uint32_t count)
{
    uint32_t low = 1, high = 0;
    for (uint32_t i = 0; i < count; i++) {
        low += from[i] & 0xFFFFU;
        high += low ^ (from[i] >> 16);
    }
    return high << 16 | (low & 0xFFFFU);
}

static void shell_sort(uint32_t *items, uint32_t count)
{
    for (uint32_t gap = count / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < count; i++) {
            uint32_t item = items[i];
            uint32_t j = i;
            for (; j >= gap && items[j - gap] > item; j -= gap) {
                items[j] = items[j - gap];
            }
            items[j] = item;
        }
    }
}

static uint32_t count_primes(void)
{
    uint32_t primes = 0;
    for (uint32_t i = 0; i < SIEVE_BYTES; i++) {
        sieve[i] = 1;
    }
    for (uint32_t i = 2; i < SIEVE_BYTES; i++) {
        if (sieve[i] != 0) {
            primes++;
            for (uint32_t j = i * i; j < SIEVE_BYTES; j += i) {
                sieve[j] = 0;
            }
        }
    }
    return primes;
}

static int32_t matrix_product(void)
{
    int32_t trace = 0;
    for (uint32_t i = 0; i < SIDE; i++) {
        for (uint32_t j = 0; j < SIDE; j++) {
            int32_t sum = 0;
            for (uint32_t k = 0; k < SIDE; k++) {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
        trace += c[i][i];
    }
    return trace;
}

void bare_main(void)
{
    if (done == DONE) {
        bare_halt();
    }
    uint32_t state = 2463534242U;
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
        a[i / SIDE][i % SIDE] = (int32_t)(random_next(&state) & 0xFFU);
        b[i / SIDE][i % SIDE] = (int32_t)(random_next(&state) & 0xFFU);
    }
    result = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < WORDS; i++) {
            words[i] = random_next(&state);
        }
        shell_sort(words, WORDS);
        result =
            result * 31U + checksum(words, WORDS) + count_primes() + (uint32_t)matrix_product();
    }
    done = DONE;
    bare_system_reset();
}
