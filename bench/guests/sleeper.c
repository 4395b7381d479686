/* Sleeps: a timer interrupt four times a second that changes an LED, WFI in between. Ends after
 * `bench_rounds` interrupts, by default those of an hour. */
#include "bench/guests/bench.h"

#define SYST_CSR     0xE000E010U
#define SYST_RVR     0xE000E014U
#define SYST_CVR     0xE000E018U
#define SYST_ON      7U
#define NRF52_PERIOD 16000000U /* of 64 MHz */
#define MPS2_PERIOD  6250000U  /* of 25 MHz */
#define NRF52_OUTSET 0x50000508U
#define NRF52_OUTCLR 0x5000050CU
#define NRF52_DIRSET 0x50000518U
#define NRF52_LED    (1U << 17)
#define MPS2_LEDS    0x40028000U

const volatile uint32_t bench_rounds = 4 * 3600;

static volatile uint32_t ticks;

static void show(bool mps2, bool on)
{
    if (mps2) {
        *bare_register(MPS2_LEDS) = on ? 1U : 0U;
    } else {
        *bare_register(on ? NRF52_OUTCLR : NRF52_OUTSET) = NRF52_LED;
    }
}

void bare_systick(void)
{
    ticks++;
    show(bench_on_mps2(), (ticks & 1U) != 0);
}

void bench_main(void)
{
    bool mps2 = bench_on_mps2();
    if (!mps2) {
        *bare_register(NRF52_DIRSET) = NRF52_LED;
    }
    *bare_register(SYST_RVR) = (mps2 ? MPS2_PERIOD : NRF52_PERIOD) - 1U;
    *bare_register(SYST_CVR) = 0;
    *bare_register(SYST_CSR) = SYST_ON;
    uint32_t wakes = 0;
    while (ticks < bench_rounds) {
        __asm volatile("wfi");
        wakes++;
    }
    bench_finish(wakes == ticks, ticks, ticks);
}
