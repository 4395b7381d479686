/* Two serial boxes of one chip, joined by jumpers (P0.02-P0.28 SCK, P0.03-P0.29 MOSI, P0.04-P0.30
 * MISO, P0.05-P0.31 chip select): SPIM, and then SPI byte by byte, talk to SPIS. Registers from the
 * vendor's description. */
#include "tests/guests/bare.h"

#define MASTER 0x40003000U
#define SLAVE  0x40004000U
#define GPIO   0x50000000U

#define START      0x010U
#define ACQUIRE    0x024U
#define RELEASE    0x028U
#define SPIS_END   0x104U
#define READY      0x108U
#define SPIM_END   0x118U
#define ACQUIRED   0x128U
#define SHORTS     0x200U
#define SEMSTAT    0x400U
#define STATUS     0x440U
#define ENABLE     0x500U
#define PSEL       0x508U
#define RXD        0x518U
#define TXD        0x51CU
#define RXD_PTR    0x534U
#define RXD_MAXCNT 0x538U
#define RXD_AMOUNT 0x53CU
#define TXD_PTR    0x544U
#define TXD_MAXCNT 0x548U
#define DEF        0x55CU
#define ORC        0x5C0U
#define CS         5U

static char question[] = "what?", answer[] = "echo", heard[16], told[16];

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

static void select(uint32_t selected)
{
    set(GPIO + (selected != 0 ? 0x50CU : 0x508U), 1U << CS);
}

static void show(const char *what, const char *text)
{
    bare_print(what);
    bare_print(text);
    bare_print("\n");
}

static void say(const char *what, uint32_t value)
{
    bare_print(what);
    bare_print_hex(value);
    bare_print("\n");
}

/* The buffers of SPIS, under the semaphore. */
static void prepare_slave(void)
{
    set(SLAVE + ACQUIRED, 0);
    set(SLAVE + ACQUIRE, 1);
    while (*bare_register(SLAVE + ACQUIRED) == 0) {
    }
    set(SLAVE + RXD_PTR, (uint32_t)(uintptr_t)heard);
    set(SLAVE + RXD_MAXCNT, sizeof heard - 1U);
    set(SLAVE + TXD_PTR, (uint32_t)(uintptr_t)answer);
    set(SLAVE + TXD_MAXCNT, sizeof answer - 1U);
    set(SLAVE + SPIS_END, 0);
    set(SLAVE + RELEASE, 1);
}

static void finish(void)
{
    while (*bare_register(SLAVE + SPIS_END) == 0) {
    }
    heard[*bare_register(SLAVE + RXD_AMOUNT)] = '\0';
    show("slave heard ", heard);
    show("master heard ", told);
    say("status ", *bare_register(SLAVE + STATUS));
    set(SLAVE + STATUS, 3);
}

static void by_dma(void)
{
    set(MASTER + ENABLE, 7);
    set(MASTER + TXD_PTR, (uint32_t)(uintptr_t)question);
    set(MASTER + TXD_MAXCNT, sizeof question - 1U);
    set(MASTER + RXD_PTR, (uint32_t)(uintptr_t)told);
    set(MASTER + RXD_MAXCNT, sizeof question - 1U);
    set(MASTER + SPIM_END, 0);
    select(1);
    set(MASTER + START, 1);
    while (*bare_register(MASTER + SPIM_END) == 0) {
    }
    select(0);
    set(MASTER + ENABLE, 0);
}

/* Two bytes in TXD at a time, as drivers keep it. */
static void by_bytes(void)
{
    uint32_t sent = 0;
    set(MASTER + READY, 0);
    set(MASTER + ENABLE, 1);
    select(1);
    set(MASTER + TXD, (uint32_t)question[sent++]);
    for (uint32_t got = 0; got < sizeof question - 1U; got++) {
        if (sent < sizeof question - 1U) {
            set(MASTER + TXD, (uint32_t)question[sent++]);
        }
        while (*bare_register(MASTER + READY) == 0) {
        }
        set(MASTER + READY, 0);
        told[got] = (char)*bare_register(MASTER + RXD);
    }
    select(0);
    set(MASTER + ENABLE, 0);
}

void bare_main(void)
{
    static const uint8_t slave_pins[] = {28, 30, 29, 31}; /* SCK, MISO, MOSI, CSN */
    set(GPIO + 0x508U, 1U << CS);
    for (uint32_t pin = 2; pin <= CS; pin++) {
        set(GPIO + 0x700U + 4U * pin, pin != 4 ? 1U : 0U);
        set(GPIO + 0x700U + 4U * (pin + 26U), 0);
    }
    for (uint32_t i = 0; i < 4; i++) {
        set(SLAVE + PSEL + 4U * i, slave_pins[i]);
        if (i < 3) {
            set(MASTER + PSEL + 4U * i, i + 2U);
        }
    }
    set(MASTER + 0x524U, 0x20000000U); /* 2 MHz */
    set(SLAVE + DEF, '-');
    set(SLAVE + ORC, '.');
    set(SLAVE + ENABLE, 2);
    say("semaphore ", *bare_register(SLAVE + SEMSTAT));
    by_dma(); /* the CPU has the buffers: nobody listens */
    show("master heard ", told);
    prepare_slave();
    by_dma();
    finish();
    for (uint32_t i = 0; i < sizeof told; i++) {
        told[i] = '\0';
    }
    prepare_slave();
    by_bytes();
    finish();
    bare_print("done\n");
}
