/* Guests that keep the simulator as busy as they can: events that trigger themselves, interrupts
 * without end, sleep that never is one, resets at once. STORM picks one when this is compiled. */
#include "tests/guests/bare.h"

enum storm {
    STORM_PPI_RING,    /* a counter's event counts the counter */
    STORM_PPI_TIMER,   /* TIMER CLEAR and CAPTURE by the event of the same timer */
    STORM_GPIOTE_RING, /* an edge toggles the pin that makes it */
    STORM_UARTE_TX,    /* an empty transmission starts the next */
    STORM_UARTE_RX,    /* an empty flush starts the next */
    STORM_TWIM_RING,   /* a stop without a transfer stops again */
    STORM_PPI_FORK,    /* all channels on one event, with forks */
    STORM_TIMER,       /* an interrupt every tick, never acknowledged */
    STORM_SYSTICK,     /* every second cycle */
    STORM_ALL_TIMERS,  /* every timer, every compare register, PPI on all */
    STORM_WFI,         /* an interrupt is pending, and masked */
    STORM_WFE,         /* the event register is set each time */
    STORM_PENDSV,      /* pends itself */
    STORM_SVC_NEST,    /* faults escalate until the core locks up */
    STORM_FAULTS,      /* one fault after the other */
    STORM_RESET,       /* resets as soon as it runs */
    STORM_OFF,         /* System OFF with the wake-up condition met */
    STORM_SLEEPONEXIT, /* sleeps on return from an interrupt that is pending again */
    STORM_DIAGNOSTICS, /* a different guest error with each access */
    STORM_WATCHDOG,    /* the shortest watchdog */
    STORM_RTC,         /* every RTC, every event */
};

#define TIMER(n)        ((n) < 3 ? 0x40008000U + 0x1000U * (n) : 0x4001A000U + 0x1000U * ((n)-3))
#define PPI             0x4001F000U
#define GPIOTE          0x40006000U
#define UARTE           0x40002000U
#define TWIM            0x40003000U
#define SCS             0xE000E000U
#define LED0            17U /* a pin of the board */
#define TASK(reg)       *bare_register(reg) = 1
#define SET(reg, value) *bare_register(reg) = (value)
#define TIMER_MODE      0x504U
#define TIMER_CC(i)     (0x540U + 4U * (i))
#define TIMER_EVENT(i)  (0x140U + 4U * (i))

void bare_irq(void)
{
}

void bare_systick(void)
{
}

void bare_pendsv(void)
{
    SET(SCS + 0xD04U, 1U << 28);
}

void bare_svcall(void)
{
    __asm volatile("svc 0");
}

/* Steps over what faulted: 4 bytes. */
void __attribute__((naked)) bare_hardfault(void)
{
    __asm volatile("ldr r0, [sp, #24]\n adds r0, #4\n str r0, [sp, #24]\n bx lr");
}

static void connect(uint32_t channel, uint32_t event, uint32_t task)
{
    SET(PPI + 0x510U + 8U * channel, event);
    SET(PPI + 0x514U + 8U * channel, task);
    SET(PPI + 0x504U, 1U << channel);
}

static void start_timer(uint32_t timer, uint32_t compare, uint32_t shorts)
{
    SET(timer + 0x508U, 3);
    SET(timer + 0x510U, 0);
    for (uint32_t i = 0; i < 4; i++) {
        SET(timer + TIMER_CC(i), compare);
    }
    SET(timer + 0x200U, shorts);
    TASK(timer);
}

static void ppi_ring(void)
{
    uint32_t counter = TIMER(1);
    SET(counter + TIMER_MODE, 1);
    SET(counter + TIMER_CC(0), 1);
    SET(counter + 0x200U, 1); /* COMPARE[0] clears */
    connect(0, counter + TIMER_EVENT(0), counter + 0x008U);
    TASK(counter);
    TASK(counter + 0x008U);
}

static void ppi_timer(void)
{
    uint32_t timer = TIMER(0);
    connect(0, timer + TIMER_EVENT(0), timer + 0x00CU); /* CLEAR */
    connect(1, timer + TIMER_EVENT(1), timer + 0x048U); /* CAPTURE[2] */
    connect(2, timer + TIMER_EVENT(2), timer + 0x000U); /* START */
    start_timer(timer, 1, 0);
}

static void gpiote_ring(void)
{
    SET(0x50000000U + 0x514U, 1U << LED0);
    SET(GPIOTE + 0x510U, 3U | LED0 << 8 | 3U << 16); /* task: toggle */
    SET(GPIOTE + 0x514U, 1U | LED0 << 8 | 3U << 16); /* event: both edges */
    connect(0, GPIOTE + 0x104U, GPIOTE + 0x000U);
    TASK(GPIOTE + 0x000U);
}

static void uarte_tx(void)
{
    SET(UARTE + 0x500U, 8);
    SET(UARTE + 0x544U, 0x20001000U);
    SET(UARTE + 0x548U, 0);
    connect(0, UARTE + 0x120U, UARTE + 0x008U); /* ENDTX, STARTTX */
    connect(1, UARTE + 0x150U, UARTE + 0x008U); /* TXSTARTED, STARTTX */
    TASK(UARTE + 0x008U);
}

static void uarte_rx(void)
{
    SET(UARTE + 0x500U, 8);
    SET(UARTE + 0x534U, 0x20001000U);
    SET(UARTE + 0x538U, 0);
    SET(UARTE + 0x200U, 3U << 5);
    connect(0, UARTE + 0x110U, UARTE + 0x02CU); /* ENDRX, FLUSHRX */
    connect(1, UARTE + 0x110U, UARTE + 0x000U); /* ENDRX, STARTRX */
    TASK(UARTE + 0x02CU);
    TASK(UARTE + 0x000U);
}

static void twim_ring(void)
{
    SET(TWIM + 0x500U, 6);
    connect(0, TWIM + 0x104U, TWIM + 0x014U); /* STOPPED, STOP */
    TASK(TWIM + 0x014U);
}

static void ppi_fork(void)
{
    uint32_t counter = TIMER(1);
    SET(counter + TIMER_MODE, 1);
    SET(counter + TIMER_CC(0), 1);
    SET(counter + 0x200U, 1);
    for (uint32_t channel = 0; channel < 20; channel++) {
        connect(channel, counter + TIMER_EVENT(0), counter + 0x008U);
        SET(PPI + 0x910U + 4U * channel, counter + 0x008U);
    }
    TASK(counter);
    TASK(counter + 0x008U);
}

static void all_timers(void)
{
    for (uint32_t n = 0; n < 5; n++) {
        connect(4 * n, TIMER(n) + TIMER_EVENT(0), TIMER(n) + 0x044U);
        connect(4 * n + 1, TIMER(n) + TIMER_EVENT(0), TIMER((n + 1) % 5) + 0x04CU);
        connect(4 * n + 2, TIMER(n) + TIMER_EVENT(3), GPIOTE);
        connect(4 * n + 3, TIMER(n) + TIMER_EVENT(0), TIMER((n + 2) % 5) + 0x048U);
        start_timer(TIMER(n), 1, 1);
    }
}

static void all_rtcs(void)
{
    static const uint32_t bases[3] = {0x4000B000U, 0x40011000U, 0x40024000U};
    TASK(0x40000008U); /* LFCLKSTART */
    for (uint32_t i = 0; i < 3; i++) {
        SET(bases[i] + 0x508U, 0);
        SET(bases[i] + 0x344U, 0xF0003U);
        SET(bases[i] + 0x304U, 0xF0003U);
        TASK(bases[i]);
    }
}

static void diagnostics(void)
{
    for (uint32_t round = 0;; round++) {
        for (uint32_t address = 0x40002000U; address < 0x40025000U; address += 4) {
            *(volatile uint8_t *)bare_register(address + round % 4U) = (uint8_t)(round & 0xFEU);
        }
    }
}

static void rest(void)
{
    for (;;) {
        if (STORM == STORM_FAULTS) {
            __asm volatile("udf.w #0");
        } else if (STORM == STORM_WFE) {
            __asm volatile("sev\n wfe");
        } else if (STORM == STORM_RESET) {
            SET(SCS + 0xD0CU, 0x05FA0004U);
        } else if (STORM == STORM_OFF) {
            SET(0x40000500U, 1);
        } else {
            __asm volatile("wfi");
        }
    }
}

void bare_main(void)
{
    SET(SCS + 0x100U, 0xFFFFFFFFU);
    SET(SCS + 0x104U, 0x7FU);
    switch ((int)STORM) {
    case STORM_PPI_RING:
        ppi_ring();
        break;
    case STORM_PPI_TIMER:
        ppi_timer();
        break;
    case STORM_GPIOTE_RING:
        gpiote_ring();
        break;
    case STORM_UARTE_TX:
        uarte_tx();
        break;
    case STORM_UARTE_RX:
        uarte_rx();
        break;
    case STORM_TWIM_RING:
        twim_ring();
        break;
    case STORM_PPI_FORK:
        ppi_fork();
        break;
    case STORM_TIMER:
        SET(TIMER(0) + 0x304U, 0xF0000U);
        start_timer(TIMER(0), 1, 1);
        break;
    case STORM_SYSTICK:
    case STORM_SLEEPONEXIT:
        SET(SCS + 0xD10U, STORM == STORM_SLEEPONEXIT ? 2U : 0U);
        SET(SCS + 0x14U, 1);
        SET(SCS + 0x18U, 0);
        SET(SCS + 0x10U, 7);
        break;
    case STORM_ALL_TIMERS:
        all_timers();
        break;
    case STORM_WFI:
        __asm volatile("cpsid i");
        SET(SCS + 0xD04U, 1U << 28);
        break;
    case STORM_PENDSV:
        SET(SCS + 0xD04U, 1U << 28);
        break;
    case STORM_SVC_NEST:
        __asm volatile("svc 0");
        break;
    case STORM_OFF:
        SET(0x50000700U + 4U * 13U, 0x2000CU); /* pulled up, and sensed for high */
        break;
    case STORM_DIAGNOSTICS:
        diagnostics();
        break;
    case STORM_WATCHDOG:
        SET(0x40010504U, 15);
        TASK(0x40010000U);
        break;
    case STORM_RTC:
        all_rtcs();
        break;
    default:
        break;
    }
    rest();
}
