/* Arm semihosting with every operation and parameters that lead nowhere: nothing happens but that
 * the calls fail. Then a call from inside an IT block (after which QEMU skips instructions), and an
 * exit for a reason that is none. */
#include "tests/guests/bare.h"

static uint32_t call(uint32_t operation, uint32_t parameter)
{
    register uint32_t r0 __asm__("r0") = operation;
    register uint32_t r1 __asm__("r1") = parameter;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* BKPT is never conditional; what surrounds it in the block is. */
static uint32_t print_in_it(const char *character)
{
    register uint32_t r0 __asm__("r0") = 3;
    register const void *r1 __asm__("r1") = character;
    uint32_t skipped = 0;
    __asm__ volatile("cmp r0, r0\n ittt ne\n addne %1, #1\n bkpt 0xAB\n addne %1, #2"
                     : "+r"(r0), "+r"(skipped)
                     : "r"(r1)
                     : "cc", "memory");
    return skipped;
}

void bare_main(void)
{
    static const uint32_t places[] = {0xFFFFFFFF, 0x2000FFFE, 0xE000ED00, 0x40000000,
                                      0x0FFFFFFF, 0x60000000, 0x2000FFFC, 0x10001080};
    static uint32_t blocks[][4] = {{1, 0xFFFFFFF0, 0xFFFFFFFF, 0},
                                   {4, 0x2000FFF0, 0xFFFFFFFF, 0},
                                   {2, 0x60000000, 0xFFFFFFFF, 0},
                                   {99, 0, 4, 0}};
    for (uint32_t operation = 0; operation < 0x40; operation++) {
        if (operation == 0x18 || operation == 0x20) {
            continue;
        }
        for (uint32_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            (void)call(operation, places[i]);
        }
        for (uint32_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
            (void)call(operation, (uint32_t)blocks[i]);
        }
    }
    if (print_in_it("!") == 0) {
        (void)call(4, (uint32_t) "alive\n");
    }
    (void)call(0x18, 0x20023);
}
