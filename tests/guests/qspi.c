/* nRF52840's QSPI with the flash of its development kit: custom instructions, erase, write and read
 * on four lines by EasyDMA, and the window at 0x12000000. Registers from the vendor's description.
 */
#include "tests/guests/bare.h"

#define QSPI       0x40029000U
#define ACTIVATE   0x000U
#define READSTART  0x004U
#define WRITESTART 0x008U
#define ERASESTART 0x00CU
#define DEACTIVATE 0x010U
#define READY      0x100U
#define INTENSET   0x304U
#define ENABLE     0x500U
#define READ_SRC   0x504U
#define READ_DST   0x508U
#define READ_CNT   0x50CU
#define WRITE_DST  0x510U
#define WRITE_SRC  0x514U
#define WRITE_CNT  0x518U
#define ERASE_PTR  0x51CU
#define ERASE_LEN  0x520U
#define PSEL_SCK   0x524U
#define PSEL_CSN   0x528U
#define PSEL_IO0   0x530U
#define IFCONFIG0  0x544U
#define IFCONFIG1  0x600U
#define STATUS     0x604U
#define CINSTRCONF 0x634U
#define CINSTRDAT0 0x638U
#define WINDOW     0x12000000U

#define TIMER0    0x40008000U
#define NVIC_ISER 0xE000E100U

#define WRITEOC_PP4IO  (3U << 3)
#define READOC_READ4IO 4U
#define WIPWAIT        (1U << 14)
#define WREN           (1U << 15)

#define BYTES 512U
#define PLACE 0x20080U

static uint32_t buffer[BYTES / 4];
static volatile uint32_t ready;

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
    set(QSPI + READY, 0);
    (void)*bare_register(QSPI + READY);
    ready = 1;
}

void bare_busfault(void)
{
    bare_print("bus fault\ndone\n");
    bare_halt();
}

static void run(uint32_t task)
{
    ready = 0;
    set(QSPI + task, 1);
    while (ready == 0) {
    }
}

static void custom(uint32_t instruction, uint32_t length, uint32_t data, uint32_t flags)
{
    set(QSPI + CINSTRDAT0, data);
    ready = 0;
    set(QSPI + CINSTRCONF, instruction | length << 8 | flags);
    while (ready == 0) {
    }
}

static uint32_t microseconds(void)
{
    set(TIMER0 + 0x040U, 1);
    return *bare_register(TIMER0 + 0x540U);
}

static uint32_t checksum(void)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < BYTES / 4; i++) {
        sum = sum * 31U + buffer[i];
    }
    return sum;
}

static void set_up(void)
{
    set(TIMER0 + 0x508U, 3);
    set(TIMER0 + 0x510U, 4); /* 1 MHz */
    set(TIMER0 + 0x000U, 1);
    set(NVIC_ISER + 4U, 1U << (41 - 32));
    set(QSPI + PSEL_SCK, 19);
    set(QSPI + PSEL_CSN, 17);
    for (uint32_t i = 0; i < 4; i++) {
        set(QSPI + PSEL_IO0 + 4U * i, 20 + i);
    }
    set(QSPI + IFCONFIG0, READOC_READ4IO | WRITEOC_PP4IO);
    set(QSPI + IFCONFIG1, 0x00040405U); /* 32 MHz */
    set(QSPI + INTENSET, 1);
    set(QSPI + ENABLE, 1);
    run(ACTIVATE);
}

static void write_and_read(void)
{
    set(QSPI + ERASE_PTR, PLACE & ~0xFFFU);
    set(QSPI + ERASE_LEN, 0);
    uint32_t start = microseconds();
    run(ERASESTART);
    say("erase sent us ", microseconds() - start);
    for (uint32_t i = 0; i < BYTES / 4; i++) {
        buffer[i] = i * 0x01010101U + 0x12345678U;
    }
    say("sum ", checksum());
    set(QSPI + WRITE_SRC, (uint32_t)(uintptr_t)buffer);
    set(QSPI + WRITE_DST, PLACE);
    set(QSPI + WRITE_CNT, BYTES);
    run(WRITESTART); /* after the erase */
    say("written us ", microseconds() - start);
    for (uint32_t i = 0; i < BYTES / 4; i++) {
        buffer[i] = 0;
    }
    set(QSPI + READ_SRC, PLACE);
    set(QSPI + READ_DST, (uint32_t)(uintptr_t)buffer);
    set(QSPI + READ_CNT, BYTES);
    run(READSTART);
    say("read back ", checksum());
}

void bare_main(void)
{
    set_up();
    say("status ", *bare_register(QSPI + STATUS));
    custom(0x9F, 4, 0, 0);
    say("id ", *bare_register(QSPI + CINSTRDAT0));
    custom(0x01, 2, 0x40, WIPWAIT | WREN); /* quad enable */
    write_and_read();
    say("window ", *bare_register(WINDOW + PLACE));
    say("half word ", *(volatile uint16_t *)(uintptr_t)(WINDOW + PLACE + 2U));
    set(0xE000ED24U, 1U << 17); /* BusFault of its own */
    set(QSPI + DEACTIVATE, 1);
    say("not active ", *bare_register(WINDOW + PLACE));
    bare_print("done\n");
}
