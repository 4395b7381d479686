/* tests/guests/radio.h - what the guests with a radio share: registers from the vendor's
 * description of nRF52840, the crystal, sleeping until an event. */
#ifndef TESTS_GUESTS_RADIO_H
#define TESTS_GUESTS_RADIO_H

#include "tests/guests/bare.h"

#define RADIO(offset)  (*bare_register(0x40001000U + (offset)))
#define TIMER0(offset) (*bare_register(0x40008000U + (offset)))
#define RADIO_IRQ      1U
#define TIMER0_IRQ     8U

enum radio {
    TASKS_TXEN = 0x000,
    TASKS_RXEN = 0x004,
    TASKS_START = 0x008,
    TASKS_DISABLE = 0x010,
    EVENTS_END = 0x10C,
    EVENTS_DISABLED = 0x110,
    EVENTS_CRCOK = 0x130,
    EVENTS_CRCERROR = 0x134,
    SHORTS = 0x200,
    INTENSET = 0x304,
    INTENCLR = 0x308,
    CRCSTATUS = 0x400,
    PACKETPTR = 0x504,
    FREQUENCY = 0x508,
    TXPOWER = 0x50C,
    MODE = 0x510,
    PCNF0 = 0x514,
    PCNF1 = 0x518,
    BASE0 = 0x51C,
    PREFIX0 = 0x524,
    TXADDRESS = 0x52C,
    RXADDRESSES = 0x530,
    CRCCNF = 0x534,
    CRCPOLY = 0x538,
    CRCINIT = 0x53C,
    RSSISAMPLE = 0x548,
    DATAWHITEIV = 0x554,
    MODECNF0 = 0x650,
    CCACTRL = 0x66C,
};

/* Bits of SHORTS. */
#define READY_START       (1U << 0)
#define END_DISABLE       (1U << 1)
#define ADDRESS_RSSISTART (1U << 4)
#define RXREADY_CCASTART  (1U << 11)
#define CCAIDLE_TXEN      (1U << 12)
#define CCABUSY_DISABLE   (1U << 13)
#define TXREADY_START     (1U << 18)
#define PHYEND_DISABLE    (1U << 20)

static inline void radio_start_crystal(void)
{
    *bare_register(0x40000100U) = 0; /* CLOCK EVENTS_HFCLKSTARTED */
    *bare_register(0x40000000U) = 1; /* TASKS_HFCLKSTART */
    while (*bare_register(0x40000100U) == 0) {
    }
}

/* Sleeps until an event of a peripheral whose interrupt is enabled there; it stays masked. */
static inline void radio_wait(uint32_t event_address, uint32_t irqn)
{
    __asm volatile("cpsid i" ::: "memory");
    *bare_register(0xE000E100U) = 1U << irqn; /* ISER0 */
    while (*bare_register(event_address) == 0) {
        __asm volatile("dsb\n\twfi" ::: "memory");
        *bare_register(0xE000E280U) = 1U << irqn; /* ICPR0 */
    }
    *bare_register(event_address) = 0;
    (void)*bare_register(event_address);
    *bare_register(0xE000E280U) = 1U << irqn;
}

/* TIMER0 counts microseconds; its COMPARE[0] is the alarm clock. */
static inline void radio_sleep_us(uint32_t microseconds)
{
    TIMER0(0x004) = 1; /* STOP */
    TIMER0(0x00C) = 1; /* CLEAR */
    TIMER0(0x508) = 3; /* 32 bits */
    TIMER0(0x510) = 4; /* 1 MHz */
    TIMER0(0x540) = microseconds;
    TIMER0(0x140) = 0;
    TIMER0(0x304) = 1U << 16;
    TIMER0(0x000) = 1;
    radio_wait(0x40008140U, TIMER0_IRQ);
    TIMER0(0x004) = 1;
}

#endif
