/* ACL of nRF52840: what the core makes of flash that it may not read. Prints a line for each step.
 */
#include "tests/guests/bare.h"

#define ACL_ADDR 0x4001E800U
#define ACL_SIZE 0x4001E804U
#define ACL_PERM 0x4001E808U
#define SHCSR    0xE000ED24U
#define CFSR     0xE000ED28U
#define BFAR     0xE000ED38U
#define IBUSERR  (1U << 8)
#define SECRET   0x00040000U

static volatile uint32_t status, where;

static void say(const char *what, uint32_t value)
{
    bare_print(what);
    bare_print_hex(value);
    bare_print("\n");
}

/* Goes on behind the load, or with the caller of what could not be fetched. */
void handle(uint32_t *frame);
void handle(uint32_t *frame)
{
    status = *bare_register(CFSR);
    where = *bare_register(BFAR);
    *bare_register(CFSR) = UINT32_MAX;
    if ((status & IBUSERR) != 0) {
        where = frame[6];
        frame[6] = frame[5] & ~1U;
    } else {
        frame[6] += (*(const uint16_t *)(uintptr_t)frame[6] >> 11) >= 0x1DU ? 4 : 2;
    }
}

__attribute__((naked)) void bare_busfault(void)
{
    __asm volatile("mov r0, sp\n\tb handle");
}

static void load(const char *what, uint32_t address)
{
    status = where = 0;
    (void)*bare_register(address);
    bare_print(what);
    bare_print_hex(status);
    say(" ", where);
}

static void run(const char *what, uint32_t address)
{
    status = where = 0;
    ((void (*)(void))(uintptr_t)(address | 1U))();
    bare_print(what);
    bare_print_hex(status);
    say(" ", where);
}

void bare_main(void)
{
    *bare_register(SHCSR) |= 1U << 17;
    *bare_register(0x4001E504U) = 1;      /* NVMC CONFIG: writes */
    *bare_register(SECRET) = 0x47704770U; /* bx lr */
    *bare_register(SECRET + 0x1000U) = 0x47704770U;
    *bare_register(0x4001E504U) = 0;
    load("free load: ", SECRET);
    run("free run: ", SECRET);
    *bare_register(ACL_ADDR) = SECRET;
    *bare_register(ACL_SIZE) = 0x1000;
    *bare_register(ACL_PERM) = 1U << 2;
    load("load: ", SECRET + 8U);
    load("its last word: ", SECRET + 0xFFCU);
    load("behind it: ", SECRET + 0x1000U);
    run("run: ", SECRET);
    run("run behind it: ", SECRET + 0x1000U);
    bare_print("done\n");
}
