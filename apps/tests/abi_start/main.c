/*
 * What a process finds when it is entered: this app has a start of its own before the library's,
 * which notes the registers at the bottom of the stack. BEYOND: it touches the byte behind the
 * break first, and that is its end.
 */
#include <string.h>

#include "apps/lib/led.h"
#include "apps/tests/check.h"

#ifndef BEYOND
#define BEYOND 0
#endif

struct noted {
    uint32_t r[4], sp, control, ipsr;
    uint32_t others; /* the bits of r4-r12 and the link register */
};

/* The entry point, see CMakeLists.txt. A call needs room for its frame, so the 32 bytes are gone
 * with the first one: what is to be kept stays in registers until then. */
void enter_noting(void);
__attribute__((naked, used)) void enter_noting(void)
{
    __asm__ volatile("orr  r4, r5\n"
                     "orr  r4, r6\n"
                     "orr  r4, r7\n"
                     "orr  r4, r8\n"
                     "orr  r4, r9\n"
                     "orr  r4, r10\n"
                     "orr  r4, r11\n"
                     "orr  r4, r12\n"
                     "orr  r11, r4, lr\n"
                     "mov  r4, r0\n"
                     "mov  r5, r1\n"
                     "mov  r6, r2\n"
                     "mov  r7, r3\n"
                     "mov  r8, sp\n"
                     "mrs  r9, control\n"
                     "mrs  r10, ipsr\n"
                     ".if %c[beyond]\n"
                     "ldrb r0, [r3]\n"
                     ".endif\n"
                     "add  r1, #256\n"
                     "movs r0, #0\n" /* brk */
                     "svc  5\n"
                     "add  sp, #128\n"
                     "stmia.w r5, {r4-r11}\n"
                     "mov  r0, r4\n"
                     "mov  r1, r5\n"
                     "mov  r2, r6\n"
                     "mov  r3, r7\n"
                     "b.w  _start\n" ::[beyond] "i"(BEYOND));
}

int main(void)
{
    uint32_t start = syscall_memop(ABI_MEMOP_MEMORY_START);
    uint32_t end = syscall_memop(ABI_MEMOP_MEMORY_END);
    uint32_t flash = syscall_memop(ABI_MEMOP_FLASH_START);
    const uint8_t *tbf = (const uint8_t *)(uintptr_t)flash;
    uint32_t header = tbf[2] | (uint32_t)tbf[3] << 8;
    const struct noted noted = *(const struct noted *)(uintptr_t)start;
    check(noted.r[0] == flash + header, "r0 is where the binary begins, behind the header");
    check(noted.r[1] == start, "r1 is where RAM begins");
    check(noted.r[2] == end - start, "r2 is how much RAM there is, the kernel's part included");
    check(noted.r[3] == start + ABI_INITIAL_BREAK_BYTES, "r3 is the break, 32 bytes above");
    check(noted.others == 0, "all other registers are zero");
    check(noted.sp == noted.r[3] && noted.sp % 8 == 0, "the stack pointer is the break");
    check((noted.control & 1) == 1 && noted.ipsr == 0, "it is unprivileged, and in no exception");
    if (!led_read(3)) {
        led_on(3);
        memset((void *)(uintptr_t)start, 0xA5, 32);
        syscall_exit_restart(0);
    }
    printf("done\n");
    return 0;
}
