/*
 * Tampers with what the return from an exception reads: has the kernel write into the frame of its
 * own system call (numbers 0-31: the yield's flag byte at that offset; 32-39: random bytes from
 * there on), or jumps to the values that mean an exception return to a handler (40-55). From 56 on
 * the flag is 1, because an upcall waits: the number of an exception where thread mode has 0. From
 * 90 on the break goes through the frame of the very call that moves it, a floating point one in
 * odd numbers.
 */
#include <stdint.h>
#include <stdio.h>

#include "apps/tests/check.h"
#include "apps/tests/package_number.h"

#define FRAME_BYTES 32u

/* The flag of yield-no-wait goes to `offset` in the frame of this very call. */
static void flag_into_frame(uint32_t offset)
{
    __asm__ volatile("sub  r1, sp, #32\n"
                     "add  r1, %[offset]\n"
                     "movs r0, #0\n"
                     "svc  0\n" ::[offset] "r"(offset)
                     : "r0", "r1", "r2", "r3", "r12", "lr", "memory", "cc");
}

static void upcall(uint32_t a, uint32_t b, uint32_t c, void *userdata)
{
    (void)a;
    (void)b;
    (void)c;
    (void)userdata;
}

/* Random bytes arrive in the frame while the process waits. */
static void bytes_into_frame(uint32_t offset)
{
    uint32_t sp;
    __asm__ volatile("mov %[sp], sp" : [sp] "=r"(sp));
    (void)syscall_subscribe(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE, upcall, NULL);
    (void)raw_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, sp - 2 * FRAME_BYTES + offset,
                               2 * FRAME_BYTES - offset);
    (void)raw_command(ABI_DRIVER_RNG, ABI_RNG_GET, FRAME_BYTES, 0);
    (void)raw_yield(ABI_YIELD_WAIT, 0, 0, 0);
}

/* The upcall that waits is called with a frame of the kernel's making; then the flag goes in. */
static void one_into_frame(uint32_t offset)
{
    (void)syscall_subscribe(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED, upcall, NULL);
    (void)raw_command(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, 0, 0);
    spin_ms(5);
    flag_into_frame(offset);
}

static void break_through_frame(uint32_t number)
{
    uint32_t sp;
    __asm__ volatile("mov %[sp], sp" : [sp] "=r"(sp));
    uint32_t frame = number % 2 == 0 ? FRAME_BYTES : 26 * sizeof(uint32_t);
    uint32_t wanted = sp - frame - FRAME_BYTES + number / 2 * FRAME_BYTES;
    if (number % 2 != 0) {
        __asm__ volatile(".fpu fpv4-sp-d16\n vmov s0, %[sp]" ::[sp] "r"(sp));
    }
    (void)raw_memop(ABI_MEMOP_BRK, wanted, 0, 0);
    (void)raw_command(ABI_DRIVER_RNG, ABI_RNG_GET, 0, 0); /* would put a grant there */
}

static void jump(uint32_t number)
{
    static const uint32_t values[] = {0xFFFFFFF1u, 0xFFFFFFF9u, 0xFFFFFFFDu, 0xFFFFFFE1u,
                                      0xFFFFFFE9u, 0xFFFFFFEDu, 0xFFFFFFFFu, 0xF0000001u};
    uint32_t value = values[number / 2 % 8];
    if (number % 2 == 0) {
        __asm__ volatile("bx %[value]" ::[value] "r"(value) : "memory");
    } else {
        __asm__ volatile("push {%[value]}\n"
                         "pop  {pc}" ::[value] "r"(value)
                         : "memory");
    }
}

int main(void)
{
    uint32_t number = package_number();
    printf("frame %u\n", (unsigned)number);
    if (number < 32) {
        flag_into_frame(number);
    } else if (number < 40) {
        bytes_into_frame(4 * (number - 32));
    } else if (number < 56) {
        jump(number - 40);
    } else if (number < 90) {
        one_into_frame(number - 56);
    } else {
        break_through_frame(number - 90);
    }
    uint32_t special[5];
    __asm__ volatile("mrs %0, msp\n mrs %1, psp\n mrs %2, control\n mrs %3, ipsr\n mrs %4, primask"
                     : "=r"(special[0]), "=r"(special[1]), "=r"(special[2]), "=r"(special[3]),
                       "=r"(special[4]));
    printf("frame %u goes on: %lx %lx %lx %lx %lx\n", (unsigned)number, (unsigned long)special[0],
           (unsigned long)special[1], (unsigned long)special[2], (unsigned long)special[3],
           (unsigned long)special[4]);
    return 0;
}
