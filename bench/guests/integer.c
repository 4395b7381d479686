/* Integer arithmetic in loops of a dozen instructions: a table-driven CRC-32, 64-bit products, a
 * fixed-point filter, divisions. Every round does the same and must come to the same number. */
#include "bench/guests/bench.h"

#define BYTES    1024U
#define TAPS     16U
#define EXPECTED 0x4D874F1EU

const volatile uint32_t bench_rounds = 8000;

static uint32_t table[256];
static uint8_t bytes[BYTES];
static int16_t samples[BYTES / 2];

static void make_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) {
            c = (c & 1U) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
        }
        table[i] = c;
    }
}

static uint32_t crc32(const uint8_t *from, uint32_t count)
{
    uint32_t c = 0xFFFFFFFFU;
    for (uint32_t i = 0; i < count; i++) {
        c = table[(c ^ from[i]) & 0xFFU] ^ (c >> 8);
    }
    return ~c;
}

/* An FIR filter with coefficients 1, 3, 5, ... in Q15, saturated by a shift. */
static uint32_t filter(void)
{
    uint32_t sum = 0;
    for (uint32_t i = TAPS; i < BYTES / 2; i++) {
        int32_t y = 0;
        for (uint32_t k = 0; k < TAPS; k++) {
            y += samples[i - k] * (int32_t)(2 * k + 1);
        }
        sum += (uint32_t)(y >> 8);
    }
    return sum;
}

static uint32_t products(uint32_t seed)
{
    uint64_t x = seed;
    for (uint32_t i = 0; i < 512; i++) {
        x = x * 6364136223846793005U + 1442695040888963407U;
    }
    return (uint32_t)(x >> 32);
}

static uint32_t divisions(uint32_t value)
{
    uint32_t sum = 0;
    for (uint32_t i = 1; i < 256; i++) {
        sum = sum * 3 + value / i + value % (i + 7);
    }
    return sum;
}

void bench_main(void)
{
    uint32_t state = 2463534242U;
    make_table();
    for (uint32_t i = 0; i < BYTES; i++) {
        bytes[i] = (uint8_t)bench_random(&state);
        samples[i / 2] = (int16_t)state;
    }
    bool right = true;
    uint32_t result = 0;
    for (uint32_t round = 0; round < bench_rounds; round++) {
        result = crc32(bytes, BYTES);
        result = result * 31U + filter();
        result = result * 31U + products(result);
        result = result * 31U + divisions(result);
        right = right && result == EXPECTED;
    }
    bench_finish(right, result, bench_rounds);
}
