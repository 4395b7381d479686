/* A bit of everything, CPU-bound: checksums, sorting, a sieve, a matrix product. Every round does
 * the same and must come to the same number. */
#include "bench/guests/bench.h"

#define EXPECTED    0xCFD5EB41U
#define SEED        2463534242U
#define WORDS       512U
#define SIEVE_BYTES 4096U
#define SIDE        16U

const volatile uint32_t bench_rounds = 1000;

static uint32_t words[WORDS];
static uint8_t sieve[SIEVE_BYTES];
static int32_t a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

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

void bench_main(void)
{
    uint32_t state = SEED;
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
        a[i / SIDE][i % SIDE] = (int32_t)(bench_random(&state) & 0xFFU);
        b[i / SIDE][i % SIDE] = (int32_t)(bench_random(&state) & 0xFFU);
    }
    bool right = true;
    uint32_t result = 0;
    for (uint32_t round = 0; round < bench_rounds; round++) {
        state = SEED;
        for (uint32_t i = 0; i < WORDS; i++) {
            words[i] = bench_random(&state);
        }
        shell_sort(words, WORDS);
        result = checksum(words, WORDS) + count_primes() + (uint32_t)matrix_product();
        right = right && result == EXPECTED;
    }
    bench_finish(right, result, bench_rounds);
}
