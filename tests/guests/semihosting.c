/* Prints by every call of Arm semihosting that can, asks what it may ask, hands over pointers that
 * lead nowhere, and exits with status 7. Nothing that differs from host to host is printed, so the
 * same text is expected of every simulator. */
#include "tests/guests/bare.h"

enum { OPEN = 1, CLOSE, WRITEC, WRITE0, WRITE, READ, READC, ISERROR, ISTTY, SEEK, FLEN = 0xC };
enum { CLOCK = 0x10, ERRNO = 0x13, GET_CMDLINE = 0x15, HEAPINFO, EXIT_EXTENDED = 0x20 };

static uint32_t call(uint32_t operation, const void *parameter)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = parameter;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void print(const char *text)
{
    (void)call(WRITE0, text);
}

static void show(const char *what, uint32_t value)
{
    char digits[12] = "0x00000000\n";
    for (int i = 0; i < 8; i++) {
        digits[2 + i] = "0123456789abcdef"[value >> (28 - 4 * i) & 0xF];
    }
    print(what);
    print(digits);
}

static uint32_t open(const char *name, uint32_t mode, uint32_t length)
{
    const uint32_t block[3] = {(uint32_t)name, mode, length};
    return call(OPEN, block);
}

static uint32_t move(uint32_t operation, uint32_t handle, const void *bytes, uint32_t count)
{
    const uint32_t block[3] = {handle, (uint32_t)bytes, count};
    return call(operation, block);
}

void bare_main(void)
{
    uint32_t output = open(":tt", 4, 3);
    print("hello by WRITE0\n");
    show("left of WRITE ", move(WRITE, output, "hello by WRITE\n", 15));
    (void)call(WRITEC, "c");
    (void)call(WRITEC, "\n");
    show("is a terminal ", call(ISTTY, &output) == 1 || call(ISTTY, &output) == 0);
    show("no such file ", open("/no/such/file", 0, 13));
    uint32_t features = open(":semihosting-features", 0, 21);
    uint8_t bytes[5] = {0};
    show("length of the features ", call(FLEN, &features));
    show("left of READ ", move(READ, features, bytes, 5));
    show("magic ", (uint32_t)(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]));
    show("exit extended ", bytes[4] & 1U);
    show("close ", call(CLOSE, &features));
    uint32_t first = call(CLOCK, 0);
    show("the clock runs ", call(CLOCK, 0) >= first);
    const uint32_t end[2] = {0x20026, 7};
    (void)call(EXIT_EXTENDED, end);
    print("never printed\n");
}
