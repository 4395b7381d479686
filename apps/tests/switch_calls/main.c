/* For ever: asks the LED driver whether it exists, with a value of its own in every register that
 * a system call preserves, and looks at all of them and at the answer. What is wrong ends in an
 * undefined instruction, with the offending step in r0. */
#include "kernel/abi/drivers.h"

#define LEDS "4" /* of the nRF52-DK */

int main(void)
{
    __asm__ volatile("mov r4, #0x44\n mov r5, #0x55\n mov r6, #0x66\n mov r8, #0x88\n"
                     "mov r10, #0xAA\n mov r11, #0xBB\n mov r12, #0xCC\n mov lr, #0xEE\n"
                     "1:\n"
                     "movs r0, %[led]\n movs r1, #0\n movs r2, #0x22\n movs r3, #0x33\n"
                     "svc 2\n"
                     "cmp r0, #129\n bne 2f\n cmp r1, #" LEDS "\n bne 2f\n"
                     "cmp r2, #0x22\n bne 2f\n cmp r3, #0x33\n bne 2f\n"
                     "cmp r4, #0x44\n bne 2f\n cmp r5, #0x55\n bne 2f\n cmp r6, #0x66\n bne 2f\n"
                     "cmp r8, #0x88\n bne 2f\n cmp r10, #0xAA\n bne 2f\n cmp r11, #0xBB\n bne 2f\n"
                     "cmp r12, #0xCC\n bne 2f\n cmp lr, #0xEE\n bne 2f\n"
                     "b 1b\n"
                     "2: udf #1\n" ::[led] "i"(ABI_DRIVER_LED)
                     : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r11", "r12", "lr",
                       "cc", "memory");
    return 0;
}
