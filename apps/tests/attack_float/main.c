/*
 * Floating point registers across processes. One (FLOAT_ROLE 0) keeps a pattern in s0-s31 while it
 * is preempted and checks that it stays; the other looks at all of them before it has written any.
 */
#include <stdint.h>
#include <stdio.h>

#include "apps/lib/alarm.h"

#define REGISTERS 32u

static uint32_t registers[REGISTERS];

#if FLOAT_ROLE == 0
#define TURNS 3000000u

static void keep(const uint32_t from[REGISTERS], uint32_t to[REGISTERS], uint32_t turns)
{
    __asm__ volatile(".fpu fpv4-sp-d16\n"
                     "vldmia %[from], {s0-s31}\n"
                     "movs r0, #0x1f\n" /* every sticky flag but the last */
                     "vmsr fpscr, r0\n"
                     "1: subs %[turns], #1\n"
                     "bne 1b\n"
                     "vstmia %[to], {s0-s31}\n"
                     : [turns] "+r"(turns)
                     : [from] "r"(from), [to] "r"(to)
                     : "r0", "memory", "cc");
}

int main(void)
{
    static uint32_t secret[REGISTERS];
    for (uint32_t i = 0; i < REGISTERS; i++) {
        secret[i] = 0x5EC0DE00u + i;
    }
    for (uint32_t round = 1;; round++) {
        keep(secret, registers, TURNS);
        uint32_t lost = 0;
        for (uint32_t i = 0; i < REGISTERS; i++) {
            lost += secret[i] != registers[i];
        }
        printf("secret %lu: %lu lost\n", (unsigned long)round, (unsigned long)lost);
    }
}
#else
int main(void)
{
    for (uint32_t round = 1;; round++) {
        uint32_t status;
        uint32_t seen = 0;
        __asm__ volatile(".fpu fpv4-sp-d16\n"
                         "vstmia %[to], {s0-s31}\n"
                         "vmrs %[status], fpscr\n"
                         : [status] "=r"(status)
                         : [to] "r"(registers)
                         : "memory");
        for (uint32_t i = 0; i < REGISTERS; i++) {
            seen += registers[i] != 0;
        }
        printf("peek %lu: %lu registers, FPSCR %08lx\n", (unsigned long)round, (unsigned long)seen,
               (unsigned long)status);
        alarm_sleep_ms(30);
    }
}
#endif
