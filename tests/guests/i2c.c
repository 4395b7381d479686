/* The I2C bus of a watch (board pinetime), in the ways that drivers use it: an accelerometer over
 * TWIM, a touch controller over TWI, both with interrupts; and a bus that hangs, freed by clocking
 * SCL by hand. Registers from the vendor's description. */
#include "tests/guests/bare.h"

#include <stdbool.h>

#define TWI            0x40003000U
#define STARTRX        0x000U
#define STARTTX        0x008U
#define STOP           0x014U
#define SUSPEND        0x01CU
#define RESUME         0x020U
#define STOPPED        0x104U
#define RXDREADY       0x108U
#define TXDSENT        0x11CU
#define ERROR          0x124U
#define SHORTS         0x200U
#define INTENSET       0x304U
#define INTENCLR       0x308U
#define ERRORSRC       0x4C4U
#define ENABLE         0x500U
#define PSEL_SCL       0x508U
#define PSEL_SDA       0x50CU
#define RXD            0x518U
#define TXD            0x51CU
#define FREQUENCY      0x524U
#define RXD_PTR        0x534U
#define RXD_MAXCNT     0x538U
#define TXD_PTR        0x544U
#define TXD_MAXCNT     0x548U
#define ADDRESS        0x588U
#define ENABLE_TWI     5U
#define ENABLE_TWIM    6U
#define BB_SUSPEND     1U
#define BB_STOP        2U
#define LASTTX_STARTRX (1U << 7)
#define LASTTX_STOP    (1U << 9)
#define LASTRX_STOP    (1U << 12)
#define INT_STOPPED    (1U << 1)
#define INT_RXDREADY   (1U << 2)
#define INT_TXDSENT    (1U << 7)
#define INT_ERROR      (1U << 9)
#define K400_TWI       0x06680000U
#define K400_TWIM      0x06400000U

#define GPIO              0x50000000U
#define OUTSET            0x508U
#define OUTCLR            0x50CU
#define IN                0x510U
#define PIN_CNF           0x700U
#define OPEN_DRAIN_INPUT  (0x60CU) /* S0D1, pull-up, input connected */
#define OPEN_DRAIN_OUTPUT (0x60DU)
#define PUSH_PULL         3U
#define INPUT             0U
#define GPIOTE            0x40006000U
#define TIMER0            0x40008000U
#define TIMER1            0x40009000U
#define PPI               0x4001F000U
#define NVIC_ISER         0xE000E100U

#define SCL     7U
#define SDA     6U
#define RESET   10U
#define TOUCHED 28U

#define ACCELEROMETER 0x18U
#define TOUCH         0x15U

static volatile bool stopped, failed, sent, received, pulse;
static uint8_t transmit[16], receive[16];

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

/* Takes an event: whether it was there; it is cleared. */
static bool take(uint32_t event)
{
    bool there = *bare_register(event) != 0;
    if (there) {
        set(event, 0);
        (void)*bare_register(event);
    }
    return there;
}

void bare_irq(void)
{
    stopped |= take(TWI + STOPPED);
    failed |= take(TWI + ERROR);
    sent |= take(TWI + TXDSENT);
    received |= take(TWI + RXDREADY);
    pulse |= take(GPIOTE + 0x100U);
    (void)take(TIMER0 + 0x140U);
}

/* Sleeps until an interrupt has set one of the flags, or the time is over (false). */
static bool wait(const volatile bool *flag, const volatile bool *other, uint32_t microseconds)
{
    set(TIMER0 + 0x00CU, 1); /* CLEAR */
    set(TIMER0 + 0x540U, microseconds);
    set(TIMER0 + 0x000U, 1);
    bool in_time = true;
    while (!*flag && !*other && in_time) {
        set(TIMER0 + 0x044U, 1); /* CAPTURE[1] */
        in_time = *bare_register(TIMER0 + 0x544U) < microseconds;
        if (in_time) {
            __asm volatile("cpsid i");
            if (!*flag && !*other) {
                __asm volatile("wfi");
            }
            __asm volatile("cpsie i");
        }
    }
    set(TIMER0 + 0x004U, 1);
    return *flag || *other;
}

static void delay_ms(uint32_t milliseconds)
{
    bool never = false;
    (void)wait(&never, &never, milliseconds * 1000U);
}

static void say(const char *what, uint32_t value)
{
    bare_print(what);
    bare_print_hex(value);
    bare_print("\n");
}

static void select(uint32_t enable, uint32_t address)
{
    set(TWI + ENABLE, 0);
    set(TWI + PSEL_SCL, SCL);
    set(TWI + PSEL_SDA, SDA);
    set(TWI + FREQUENCY, enable == ENABLE_TWI ? K400_TWI : K400_TWIM);
    set(TWI + ADDRESS, address);
    set(TWI + ENABLE, enable);
    set(TWI + INTENCLR, 0xFFFFFFFFU);
    set(TWI + INTENSET, INT_STOPPED | INT_ERROR);
    stopped = failed = sent = received = false;
}

/* By EasyDMA: `out` bytes from transmit, then `in` bytes to receive. ERRORSRC; -1: nothing came
 * within 10 ms. */
static int transfer(uint32_t out, uint32_t in)
{
    stopped = failed = false;
    set(TWI + TXD_PTR, (uint32_t)(uintptr_t)transmit);
    set(TWI + TXD_MAXCNT, out);
    set(TWI + RXD_PTR, (uint32_t)(uintptr_t)receive);
    set(TWI + RXD_MAXCNT, in);
    set(TWI + SHORTS, in != 0 ? LASTTX_STARTRX | LASTRX_STOP : LASTTX_STOP);
    set(TWI + STARTTX, 1);
    if (!wait(&stopped, &failed, 10000)) {
        return -1;
    }
    if (failed && !stopped) {
        set(TWI + RESUME, 1);
        set(TWI + STOP, 1);
        (void)wait(&stopped, &stopped, 10000);
    }
    uint32_t error = *bare_register(TWI + ERRORSRC);
    set(TWI + ERRORSRC, error);
    return (int)error;
}

static int read_registers(uint8_t first, uint32_t count)
{
    transmit[0] = first;
    return transfer(1, count);
}

/* Byte by byte through TXD and RXD, suspended at each byte. False: no answer. */
static bool read_by_bytes(uint8_t first, uint32_t count)
{
    select(ENABLE_TWI, TOUCH);
    set(TWI + INTENSET, INT_TXDSENT | INT_RXDREADY);
    set(TWI + SHORTS, 0);
    set(TWI + STARTTX, 1);
    set(TWI + TXD, first);
    if (!wait(&sent, &failed, 10000) || failed) {
        set(TWI + ERRORSRC, *bare_register(TWI + ERRORSRC));
        set(TWI + STOP, 1);
        (void)wait(&stopped, &stopped, 10000);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        received = false;
        set(TWI + SHORTS, i + 1 == count ? BB_STOP : BB_SUSPEND);
        set(TWI + (i == 0 ? STARTRX : RESUME), 1);
        if (!wait(&received, &failed, 10000)) {
            return false;
        }
        receive[i] = (uint8_t)*bare_register(TWI + RXD);
    }
    return wait(&stopped, &stopped, 10000);
}

static void show_acceleration(void)
{
    select(ENABLE_TWIM, ACCELEROMETER);
    say("accelerometer error ", (uint32_t)read_registers(0x00, 1));
    say("chip ", receive[0]);
    transmit[0] = 0x7D;
    transmit[1] = 0x04;
    (void)transfer(2, 0);
    transmit[0] = 0x41;
    transmit[1] = 0x00;
    (void)transfer(2, 0);
    delay_ms(20);
    (void)read_registers(0x12, 6);
    for (uint32_t i = 0; i < 3; i++) {
        say("axis ", (uint32_t)(receive[2 * i + 1] << 8 | receive[2 * i]));
    }
}

static void show_touch(void)
{
    set(GPIO + PIN_CNF + 4U * RESET, PUSH_PULL);
    set(GPIO + OUTCLR, 1U << RESET);
    delay_ms(5);
    set(GPIO + OUTSET, 1U << RESET);
    delay_ms(1);
    say("touch answers early ", read_by_bytes(0xA7, 1));
    delay_ms(50);
    say("touch answers ", read_by_bytes(0xA7, 1));
    say("chip ", receive[0]);
    set(GPIO + PIN_CNF + 4U * TOUCHED, INPUT);
    set(GPIOTE + 0x510U, 1U | TOUCHED << 8 | 2U << 16); /* falling edge */
    set(GPIOTE + INTENSET, 1);
    pulse = false;
    while (!pulse) {
        __asm volatile("wfi");
    }
    say("touched ", read_by_bytes(0x02, 5));
    say("fingers ", receive[0]);
    say("x ", (uint32_t)((receive[1] & 15) << 8 | receive[2]));
    say("y ", (uint32_t)((receive[3] & 15) << 8 | receive[4]));
    set(GPIOTE + INTENCLR, 1);
}

/* TIMER1 starts a read of one byte by PPI and is read by PPI when it is over, in 16 MHz periods:
 * the core sleeps. */
static void show_chain(void)
{
    select(ENABLE_TWIM, ACCELEROMETER);
    set(TWI + RXD_PTR, (uint32_t)(uintptr_t)receive);
    set(TWI + RXD_MAXCNT, 1);
    set(TWI + SHORTS, LASTRX_STOP);
    set(PPI + 0x510U, TIMER1 + 0x140U); /* COMPARE[0] */
    set(PPI + 0x514U, TWI + STARTRX);
    set(PPI + 0x518U, TWI + STOPPED);
    set(PPI + 0x51CU, TIMER1 + 0x044U); /* CAPTURE[1] */
    set(PPI + 0x504U, 3);
    set(TIMER1 + 0x508U, 3);
    set(TIMER1 + 0x510U, 0);
    set(TIMER1 + 0x540U, 1000);
    set(TIMER1 + 0x000U, 1);
    (void)wait(&stopped, &failed, 10000);
    set(PPI + 0x508U, 3);
    say("chain ", *bare_register(TIMER1 + 0x544U));
}

static bool is_sda_high(void)
{
    return (*bare_register(GPIO + IN) >> SDA & 1U) != 0;
}

/* As bus recovery does: up to nine clocks, until the target lets go of SDA; then STOP. */
static uint32_t clock_by_hand(void)
{
    uint32_t clocks = 0;
    set(TWI + ENABLE, 0);
    set(GPIO + OUTSET, 1U << SCL | 1U << SDA);
    set(GPIO + PIN_CNF + 4U * SCL, OPEN_DRAIN_OUTPUT);
    set(GPIO + PIN_CNF + 4U * SDA, OPEN_DRAIN_OUTPUT);
    while (!is_sda_high() && clocks < 9) {
        set(GPIO + OUTCLR, 1U << SCL);
        set(GPIO + OUTSET, 1U << SCL);
        clocks++;
    }
    set(GPIO + OUTCLR, 1U << SDA);
    set(GPIO + OUTSET, 1U << SDA);
    set(GPIO + PIN_CNF + 4U * SCL, OPEN_DRAIN_INPUT);
    set(GPIO + PIN_CNF + 4U * SDA, OPEN_DRAIN_INPUT);
    return clocks;
}

static void show_recovery(void)
{
    delay_ms(200);
    select(ENABLE_TWIM, ACCELEROMETER);
    say("stuck ", (uint32_t)read_registers(0x00, 1));
    say("sda ", is_sda_high());
    say("clocks ", clock_by_hand());
    say("sda ", is_sda_high());
    select(ENABLE_TWIM, ACCELEROMETER);
    say("recovered ", (uint32_t)read_registers(0x00, 1));
    say("chip ", receive[0]);
}

void bare_main(void)
{
    set(GPIO + PIN_CNF + 4U * SCL, OPEN_DRAIN_INPUT);
    set(GPIO + PIN_CNF + 4U * SDA, OPEN_DRAIN_INPUT);
    set(TIMER0 + 0x508U, 3);
    set(TIMER0 + 0x510U, 4); /* 1 MHz */
    set(TIMER0 + INTENSET, 1U << 16);
    set(NVIC_ISER, 1U << 3 | 1U << 6 | 1U << 8);
    show_acceleration();
    select(ENABLE_TWIM, 0x19);
    say("nobody at 19: ", (uint32_t)read_registers(0x00, 1));
    show_chain();
    show_touch();
    show_recovery();
    bare_print("done\n");
}
