/*
 * Moves the stack pointer to where it has no business and then stops in every way there is. The
 * number at the end of the package's name says which place and which way (see tests/system).
 */
#include <stdint.h>
#include <stdio.h>

#include "apps/lib/syscall.h"
#include "apps/tests/package_number.h"

#define WAYS   7u
#define PLACES 16u

static uint32_t place(uint32_t number)
{
    uint32_t start = syscall_memop(ABI_MEMOP_MEMORY_START);
    uint32_t end = syscall_memop(ABI_MEMOP_MEMORY_END);
    uint32_t app_break = syscall_memop_raw(ABI_MEMOP_SBRK, 0).values[0];
    const uint32_t places[PLACES] = {
        0,
        4,
        start,
        start + 8,
        start + 31,
        app_break + 8,
        app_break + 24,
        app_break + 4096,
        syscall_memop(ABI_MEMOP_GRANT_START) + 32,
        end,
        end + 256,
        0x20000400,
        syscall_memop(ABI_MEMOP_FLASH_START) + 256,
        0x40002100,
        0xE000ED28,
        0xFFFFFFFC,
    };
    return places[number % PLACES];
}

/* Ways: a system call, the end of the time slice, a forbidden access, floating point and the end of
 * the time slice, no instruction, a breakpoint, a jump to where nobody may execute. */
static _Noreturn void stop_at(uint32_t stack_pointer, uint32_t way)
{
    __asm__ volatile(".fpu fpv4-sp-d16\n"
                     "mov  sp, %[sp]\n"
                     "movs r0, #0\n"
                     "movs r1, #0\n"
                     "tbb  [pc, %[way]]\n"
                     "0: .byte (1f - 0b) / 2, (2f - 0b) / 2, (3f - 0b) / 2, (4f - 0b) / 2\n"
                     ".byte (5f - 0b) / 2, (6f - 0b) / 2, (7f - 0b) / 2, 0\n"
                     "1: svc  0\n"
                     "b    1b\n"
                     "4: vmov s0, r0\n"
                     "2: b    2b\n"
                     "3: ldr  r0, [r0]\n"
                     "5: udf  #0\n"
                     "6: bkpt #0\n"
                     "7: movw r0, #0x101\n"
                     "bx   r0\n" ::[sp] "r"(stack_pointer),
                     [way] "r"(way)
                     : "r0", "r1");
    __builtin_unreachable();
}

int main(void)
{
    uint32_t number = package_number();
    uint32_t sp = place(number / WAYS);
    printf("attack %u: sp %08lx\n", (unsigned)number, (unsigned long)sp);
    stop_at(sp, number % WAYS);
}
