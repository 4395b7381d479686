/* Keeps known values in memory and registers while others attack, and says every 50 ms whether they
 * are still there. */
#include <stdint.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/syscall.h"

#define WORDS 128u
static uint32_t memory[WORDS];

/* r4-r8, r10, r11 and r12, lr over many preemptions. Returns how many were not what they were. */
static uint32_t spin_with_registers(uint32_t turns)
{
    uint32_t wrong;
    __asm__ volatile("push {r4-r11, lr}\n"
                     "mov  r0, %[turns]\n"
                     "movw r4, #0x4444\n"
                     "movw r5, #0x5555\n"
                     "movw r6, #0x6666\n"
                     "movw r7, #0x7777\n"
                     "movw r8, #0x8888\n"
                     "movw r10, #0xaaaa\n"
                     "movw r11, #0xbbbb\n"
                     "movw r12, #0xcccc\n"
                     "movw lr, #0xeeee\n"
                     "1: subs r0, #1\n"
                     "bne  1b\n"
                     "movw r0, #0x4444\n eor r4, r0\n"
                     "movw r0, #0x5555\n eor r5, r0\n"
                     "movw r0, #0x6666\n eor r6, r0\n"
                     "movw r0, #0x7777\n eor r7, r0\n"
                     "movw r0, #0x8888\n eor r8, r0\n"
                     "movw r0, #0xaaaa\n eor r10, r0\n"
                     "movw r0, #0xbbbb\n eor r11, r0\n"
                     "movw r0, #0xcccc\n eor r12, r0\n"
                     "movw r0, #0xeeee\n eor lr, r0\n"
                     "orr r4, r5\n orr r4, r6\n orr r4, r7\n orr r4, r8\n orr r4, r10\n"
                     "orr r4, r11\n orr r4, r12\n orr r4, lr\n"
                     "mov r0, r4\n"
                     "pop {r4-r11, lr}\n"
                     "mov %[wrong], r0\n"
                     : [wrong] "=r"(wrong)
                     : [turns] "r"(turns)
                     : "r0", "r12", "cc", "memory");
    return wrong;
}

int main(void)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        memory[i] = i * 0x01234567u;
    }
    for (uint32_t round = 1;; round++) {
        uint32_t wrong = spin_with_registers(500000);
        for (uint32_t i = 0; i < WORDS; i++) {
            wrong |= memory[i] ^ i * 0x01234567u;
        }
        printf("witness %lu: %s\n", (unsigned long)round, wrong == 0 ? "untouched" : "TOUCHED");
        alarm_sleep_ms(20);
    }
}
