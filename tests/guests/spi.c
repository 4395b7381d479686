/* The SPI bus of a watch (board pinetime): its flash and its display over SPIM, by EasyDMA, and
 * what drivers do about anomaly 58 (one byte to receive clocks out two). Registers from the
 * vendor's description, commands from the datasheets of the two parts. */
#include "tests/guests/bare.h"

#define SPIM       0x40004000U
#define START      0x010U
#define STOP       0x014U
#define END        0x118U
#define INTENSET   0x304U
#define ENABLE     0x500U
#define PSEL_SCK   0x508U
#define PSEL_MOSI  0x50CU
#define PSEL_MISO  0x510U
#define FREQUENCY  0x524U
#define RXD_PTR    0x534U
#define RXD_MAXCNT 0x538U
#define TXD_PTR    0x544U
#define TXD_MAXCNT 0x548U
#define CONFIG     0x554U
#define ORC        0x5C0U
#define M8         0x80000000U

#define GPIO      0x50000000U
#define OUTSET    0x508U
#define OUTCLR    0x50CU
#define PIN_CNF   0x700U
#define OUTPUT    1U
#define GPIOTE    0x40006000U
#define PPI       0x4001F000U
#define TIMER0    0x40008000U
#define NVIC_ISER 0xE000E100U

#define SCK        2U
#define MOSI       3U
#define MISO       4U
#define FLASH_CS   5U
#define DISPLAY_CS 25U
#define DC         18U
#define RESET      26U

#define SECTOR 0x12000U

static uint8_t out[256], in[256];
static volatile uint32_t ends;

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

static void say(const char *what, uint32_t value)
{
    bare_print(what);
    bare_print_hex(value);
    bare_print("\n");
}

void bare_irq(void)
{
    set(SPIM + END, 0);
    (void)*bare_register(SPIM + END);
    ends++;
}

/* Sleeps until END. */
static void transfer(uint32_t send, uint32_t receive)
{
    uint32_t before = ends;
    set(SPIM + TXD_PTR, (uint32_t)(uintptr_t)out);
    set(SPIM + TXD_MAXCNT, send);
    set(SPIM + RXD_PTR, (uint32_t)(uintptr_t)in);
    set(SPIM + RXD_MAXCNT, receive);
    set(SPIM + START, 1);
    __asm volatile("cpsid i");
    while (ends == before) {
        __asm volatile("wfi\n\tcpsie i\n\tcpsid i" ::: "memory");
    }
    __asm volatile("cpsie i");
}

static void start_clock(void)
{
    set(TIMER0 + 0x00CU, 1);
    set(TIMER0 + 0x000U, 1);
}

static uint32_t microseconds(void)
{
    set(TIMER0 + 0x040U, 1);
    return *bare_register(TIMER0 + 0x540U);
}

static void delay_us(uint32_t time)
{
    start_clock();
    while (microseconds() < time) {
    }
}

static void select(uint32_t pin, uint32_t selected)
{
    set(GPIO + (selected != 0 ? OUTCLR : OUTSET), 1U << pin);
}

/* ---- the flash ---- */

static void flash(uint32_t send, uint32_t receive)
{
    select(FLASH_CS, 1);
    transfer(send, send + receive);
    select(FLASH_CS, 0);
}

static void flash_at(uint8_t instruction, uint32_t address)
{
    out[0] = instruction;
    out[1] = (uint8_t)(address >> 16);
    out[2] = (uint8_t)(address >> 8);
    out[3] = (uint8_t)address;
}

static void enable_writes(void)
{
    out[0] = 0x06;
    flash(1, 1);
}

/* Until the flash is not busy; the time that took. */
static uint32_t wait_flash(void)
{
    start_clock();
    do {
        out[0] = 0x05;
        flash(1, 1);
    } while ((in[1] & 1U) != 0);
    return microseconds();
}

/* SCK's first edge stops the transfer, which ends with the byte under way. */
static void work_around(uint32_t on)
{
    set(GPIOTE + 0x510U, on != 0 ? 1U | SCK << 8 | 3U << 16 : 0); /* event on both edges */
    set(PPI + 0x510U, GPIOTE + 0x100U);
    set(PPI + 0x514U, SPIM + STOP);
    set(PPI + (on != 0 ? 0x504U : 0x508U), 1);
}

static void read_single_bytes(const char *what, uint32_t worked_around)
{
    select(FLASH_CS, 1);
    flash_at(0x03, SECTOR);
    transfer(4, 0);
    work_around(worked_around);
    bare_print(what);
    for (uint32_t i = 0; i < 3; i++) {
        char letter[2] = {0, 0};
        transfer(0, 1);
        letter[0] = (char)in[0];
        bare_print(letter);
    }
    bare_print("\n");
    work_around(0);
    select(FLASH_CS, 0);
}

static void show_flash(void)
{
    out[0] = 0x9F;
    flash(1, 3);
    say("flash ", (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3]);
    enable_writes();
    flash_at(0x20, SECTOR);
    flash(4, 0);
    say("erase us ", wait_flash());
    enable_writes();
    flash_at(0x02, SECTOR);
    for (uint32_t i = 0; i < 16; i++) {
        out[4 + i] = (uint8_t)('a' + i);
    }
    flash(20, 0);
    say("program us ", wait_flash());
    flash_at(0x03, SECTOR);
    flash(4, 20);
    in[4 + 16] = 0;
    bare_print("holds ");
    bare_print((const char *)in + 4);
    bare_print("\n");
    say("beyond ", in[4 + 17]);
    read_single_bytes("single bytes ", 0);
    read_single_bytes("with the workaround ", 1);
}

/* ---- the display ---- */

static void command(uint8_t code, const uint8_t *data, uint32_t count)
{
    set(GPIO + OUTCLR, 1U << DC);
    select(DISPLAY_CS, 1);
    out[0] = code;
    transfer(1, 0);
    set(GPIO + OUTSET, 1U << DC);
    for (uint32_t i = 0; i < count; i++) {
        out[i] = data[i];
    }
    if (count != 0) {
        transfer(count, 0);
    }
    select(DISPLAY_CS, 0);
}

static void show_display(void)
{
    static const uint8_t columns[] = {0, 0, 0, 119}, rows[] = {0, 0, 0, 9}, colour[] = {0x55};
    static uint8_t line[240];
    set(GPIO + OUTCLR, 1U << RESET);
    delay_us(100);
    set(GPIO + OUTSET, 1U << RESET);
    delay_us(6000);
    command(0x11, 0, 0);
    delay_us(6000);
    command(0x21, 0, 0);
    command(0x29, 0, 0);
    command(0x3A, colour, 1);
    command(0x2A, columns, 4);
    command(0x2B, rows, 4);
    start_clock();
    for (uint32_t y = 0; y < 10; y++) {
        for (uint32_t x = 0; x < 240; x += 2) {
            line[x] = (uint8_t)(0xF8U - y);
            line[x + 1] = (uint8_t)x;
        }
        command(y == 0 ? 0x2C : 0x3C, line, sizeof line);
    }
    say("drawn us ", microseconds());
}

void bare_main(void)
{
    static const uint8_t outputs[] = {SCK, MOSI, FLASH_CS, DISPLAY_CS, DC, RESET};
    set(GPIO + OUTSET, 1U << FLASH_CS | 1U << DISPLAY_CS | 1U << RESET);
    for (uint32_t i = 0; i < sizeof outputs; i++) {
        set(GPIO + PIN_CNF + 4U * outputs[i], OUTPUT);
    }
    set(GPIO + PIN_CNF + 4U * MISO, 0);
    set(TIMER0 + 0x508U, 3);
    set(TIMER0 + 0x510U, 4); /* 1 MHz */
    set(SPIM + PSEL_SCK, SCK);
    set(SPIM + PSEL_MOSI, MOSI);
    set(SPIM + PSEL_MISO, MISO);
    set(SPIM + FREQUENCY, M8);
    set(SPIM + CONFIG, 0);
    set(SPIM + ORC, 0xFF);
    set(SPIM + ENABLE, 7);
    set(SPIM + INTENSET, 1U << 6);
    set(NVIC_ISER, 1U << 4);
    show_flash();
    show_display();
    bare_print("done\n");
}
