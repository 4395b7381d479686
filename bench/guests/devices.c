/* Polls a GPIO register and one of a UART, as code does that waits for either; 1,000 turns a round,
 * two accesses each. On nRF52 also measures that a turn always takes the same number of cycles. */
#include "bench/guests/bench.h"

#define NRF52_GPIO_IN 0x50000510U
#define NRF52_TXDRDY  0x4000211CU
#define MPS2_BUTTONS  0x40028008U
#define MPS2_UART     0x40004004U /* STATE */
#define DEMCR         0xE000EDFCU
#define DEMCR_TRCENA  (1U << 24)
#define DWT_CTRL      0xE0001000U
#define DWT_CYCCNT    0xE0001004U
#define TURNS         1000U

const volatile uint32_t bench_rounds = 3000;

/* The turns left when either register has something: 0, it never has. */
__attribute__((noinline, noclone)) static uint32_t
poll(const volatile uint32_t *gpio, uint32_t mask, const volatile uint32_t *uart, uint32_t turns)
{
    while (turns != 0 && (*gpio & mask) == 0 && *uart == 0) {
        turns--;
    }
    return turns;
}

__attribute__((noinline, noclone)) static uint32_t
cycles_of(const volatile uint32_t *gpio, const volatile uint32_t *uart, uint32_t turns)
{
    uint32_t begun = *bare_register(DWT_CYCCNT);
    (void)poll(gpio, 1U, uart, turns);
    return *bare_register(DWT_CYCCNT) - begun;
}

static bool is_regular(const volatile uint32_t *gpio, const volatile uint32_t *uart)
{
    *bare_register(DEMCR) = DEMCR_TRCENA;
    *bare_register(DWT_CYCCNT) = 0;
    *bare_register(DWT_CTRL) = *bare_register(DWT_CTRL) | 1U;
    uint32_t few = cycles_of(gpio, uart, 10);
    uint32_t more = cycles_of(gpio, uart, 20);
    uint32_t most = cycles_of(gpio, uart, 110);
    return more > few && most - more == 9U * (more - few);
}

void bench_main(void)
{
    bool mps2 = bench_on_mps2();
    const volatile uint32_t *gpio = bare_register(mps2 ? MPS2_BUTTONS : NRF52_GPIO_IN);
    const volatile uint32_t *uart = bare_register(mps2 ? MPS2_UART : NRF52_TXDRDY);
    bool right = mps2 || is_regular(gpio, uart);
    uint32_t left = 0;
    for (uint32_t round = 0; round < bench_rounds; round++) {
        left |= poll(gpio, 1U, uart, TURNS);
    }
    bench_finish(right && left == 0, left, bench_rounds);
}
