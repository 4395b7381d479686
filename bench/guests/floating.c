/* Single precision: a filter, a matrix product, square roots by the instruction and by Newton's
 * method, a polynomial. All of it exact by IEEE 754, so every machine must come to the same bits.
 */
#include "bench/guests/bench.h"

#define CPACR     0xE000ED88U
#define CPACR_FPU (0xFU << 20)
#define SAMPLES   256U
#define TAPS      16U
#define SIDE      8U
#define EXPECTED  0x43F44B27U

const volatile uint32_t bench_rounds = 4000;

static float samples[SAMPLES], taps[TAPS], filtered[SAMPLES];
static float a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

static uint32_t bits_of(float value)
{
    union {
        float number;
        uint32_t bits;
    } both = {.number = value};
    return both.bits;
}

static void filter(void)
{
    for (uint32_t i = TAPS; i < SAMPLES; i++) {
        float y = 0;
        for (uint32_t k = 0; k < TAPS; k++) {
            y += samples[i - k] * taps[k];
        }
        filtered[i] = y;
    }
}

static float product(void)
{
    float trace = 0;
    for (uint32_t i = 0; i < SIDE; i++) {
        for (uint32_t j = 0; j < SIDE; j++) {
            float sum = 0;
            for (uint32_t k = 0; k < SIDE; k++) {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
        trace += c[i][i];
    }
    return trace;
}

static float roots(void)
{
    float sum = 0;
    for (uint32_t i = 1; i < 64; i++) {
        float x = (float)i;
        float root;
        __asm("vsqrt.f32 %0, %1" : "=t"(root) : "t"(x));
        float guess = x;
        for (int k = 0; k < 5; k++) {
            guess = (guess + x / guess) * 0.5F;
        }
        sum += root - guess * 0.25F;
    }
    return sum;
}

static float polynomial(float x)
{
    static const float factors[8] = {1.0F, -0.5F, 0.25F, -0.125F, 0.5F, 2.0F, -1.0F, 0.75F};
    float y = 0;
    for (uint32_t i = 0; i < 8; i++) {
        y = y * x + factors[i];
    }
    return y;
}

void bench_main(void)
{
    *bare_register(CPACR) |= CPACR_FPU;
    __asm volatile("dsb\nisb" ::: "memory");
    uint32_t state = 2463534242U;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        samples[i] = (float)(int32_t)(bench_random(&state) & 0xFFFFU) / 256.0F;
        taps[i % TAPS] = 1.0F / (float)(i % TAPS + 1);
        a[i / SIDE % SIDE][i % SIDE] = samples[i];
        b[i % SIDE][i / SIDE % SIDE] = 1.0F / (samples[i] + 1.0F);
    }
    bool right = true;
    uint32_t result = 0;
    for (uint32_t round = 0; round < bench_rounds; round++) {
        filter();
        float sum = product() + roots();
        for (uint32_t i = TAPS; i < SAMPLES; i++) {
            sum += polynomial(filtered[i] * 0.0009765625F);
        }
        result = bits_of(sum);
        right = right && result == EXPECTED;
    }
    bench_finish(right, result, bench_rounds);
}
