/* The firmware of docs/adding-a-board.md: five times a second it asks a BH1750 light sensor (I2C,
 * SCL P0.27, SDA P0.26), prints what it says, and lights an LED on P0.28 while it is dark.
 * Registers from the vendor's description. */
#include "tests/guests/bare.h"

#define TIMER0        0x40008000U
#define TIMER0_IRQ    (1U << 8)
#define NVIC_ISER     0xE000E100U
#define NVIC_ICPR     0xE000E280U
#define TWIM0         0x40003000U
#define TWIM_STARTRX  0x000U
#define TWIM_STARTTX  0x008U
#define TWIM_STOPPED  0x104U
#define TWIM_SHORTS   0x200U
#define TWIM_ERRORSRC 0x4C4U
#define GPIO          0x50000000U
#define PIN_CNF       0x700U
#define OUTSET        0x508U
#define OUTCLR        0x50CU

#define SCL   27U
#define SDA   26U
#define LED   28U
#define LIGHT 0x23U
#define DARK  100U /* lux */

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

static void delay_ms(uint32_t milliseconds)
{
    set(TIMER0 + 0x140U, 0); /* EVENTS_COMPARE[0] */
    set(TIMER0 + 0x540U, milliseconds * 1000U);
    set(TIMER0 + 0x00CU, 1); /* CLEAR */
    set(TIMER0 + 0x000U, 1); /* START */
    while (*bare_register(TIMER0 + 0x140U) == 0) {
        __asm volatile("wfi"); /* interrupts are masked: it wakes, and no handler is needed */
    }
    set(TIMER0 + 0x140U, 0);
    set(NVIC_ICPR, TIMER0_IRQ);
}

static void print_number(uint32_t number)
{
    char text[11];
    unsigned at = sizeof text - 1;
    text[at] = '\0';
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    bare_print(&text[at]);
}

/* One transfer to its STOP; what ERRORSRC says. */
static uint32_t transfer(uint32_t start, uint32_t pointer_register, uint8_t *bytes, uint32_t count)
{
    set(TWIM0 + pointer_register, (uint32_t)(uintptr_t)bytes);
    set(TWIM0 + pointer_register + 4U, count);
    set(TWIM0 + TWIM_SHORTS, 1U << 9 | 1U << 12); /* LASTTX_STOP, LASTRX_STOP */
    set(TWIM0 + TWIM_STOPPED, 0);
    set(TWIM0 + start, 1);
    for (uint32_t i = 0; i < 10000 && *bare_register(TWIM0 + TWIM_STOPPED) == 0; i++) {
        if (*bare_register(TWIM0 + TWIM_ERRORSRC) != 0) {
            break;
        }
    }
    return *bare_register(TWIM0 + TWIM_ERRORSRC);
}

static uint32_t command(uint8_t code)
{
    static uint8_t byte;
    byte = code;
    return transfer(TWIM_STARTTX, 0x544U, &byte, 1);
}

void bare_main(void)
{
    static uint8_t answer[2];
    __asm volatile("cpsid i");
    set(NVIC_ISER, TIMER0_IRQ);
    set(TIMER0 + 0x304U, 1U << 16); /* INTENSET: COMPARE[0] */
    set(TIMER0 + 0x508U, 3);        /* 32 bits */
    set(TIMER0 + 0x510U, 4);        /* 1 MHz */
    set(GPIO + PIN_CNF + 4U * LED, 3);
    set(GPIO + PIN_CNF + 4U * SCL, 0x60C); /* open drain, pull-up */
    set(GPIO + PIN_CNF + 4U * SDA, 0x60C);
    set(TWIM0 + 0x508U, SCL);
    set(TWIM0 + 0x50CU, SDA);
    set(TWIM0 + 0x524U, 0x01980000U); /* 100 kbit/s */
    set(TWIM0 + 0x588U, LIGHT);
    set(TWIM0 + 0x500U, 6);
    if (command(0x01) != 0 || command(0x10) != 0) { /* on; measure all the time */
        bare_print("no light sensor\n");
        bare_halt();
    }
    for (;;) {
        delay_ms(200);
        (void)transfer(TWIM_STARTRX, 0x534U, answer, 2);
        uint32_t lux = (uint32_t)(answer[0] << 8 | answer[1]) * 10U / 12U;
        set(GPIO + (lux < DARK ? OUTSET : OUTCLR), 1U << LED);
        print_number(lux);
        bare_print(" lux\n");
    }
}
