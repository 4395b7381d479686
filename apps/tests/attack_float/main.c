/*
 * Floating point registers across processes. By FLOAT_ROLE:
 *   0  keeps a pattern of its own (the number in its name) in s0-s31 and FPSCR while it is
 * preempted 1  looks at all of them before it has written any 2  looks, fills them and faults in
 * the middle of it, again and again 3  looks, fills them and begins anew by exit-restart 4  keeps
 * its pattern over system calls, and what a function must keep over upcalls
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/syscall.h"
#include "apps/tests/package_number.h"
#include "kernel/abi/drivers.h"

#define REGISTERS 32u
#define TURNS     3000000u

/* All that FPSCR has: conditions, modes of rounding and of odd numbers, sticky flags. */
#define STATUS_SECRET(number) (0xA0000000u | ((number) % 4u) << 22 | 0x0300009Fu)

struct registers {
    uint32_t value[REGISTERS];
    uint32_t status;
};

static inline void look(struct registers *seen)
{
    __asm__ volatile(".fpu fpv4-sp-d16\n"
                     "vstmia %[to], {s0-s31}\n"
                     "vmrs %[status], fpscr\n"
                     : [status] "=r"(seen->status)
                     : [to] "r"(seen->value)
                     : "memory");
}

static inline void fill(const struct registers *from)
{
    __asm__ volatile(".fpu fpv4-sp-d16\n"
                     "vldmia %[from], {s0-s31}\n"
                     "vmsr fpscr, %[status]\n" ::[from] "r"(from->value),
                     [status] "r"(from->status)
                     : "memory");
}

static inline void make_secret(struct registers *secret, uint32_t number)
{
    for (uint32_t i = 0; i < REGISTERS; i++) {
        secret->value[i] = 0x5EC00000u + (number << 8) + i;
    }
    secret->status = STATUS_SECRET(number);
}

static inline uint32_t count_lost(const struct registers *secret, const struct registers *now)
{
    uint32_t lost = secret->status != now->status;
    for (uint32_t i = 0; i < REGISTERS; i++) {
        lost += secret->value[i] != now->value[i];
    }
    return lost;
}

static inline void report(const char *what, uint32_t round, const struct registers *seen)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < REGISTERS; i++) {
        count += seen->value[i] != 0;
    }
    printf("%s %lu: %lu registers, FPSCR %08lx\n", what, (unsigned long)round, (unsigned long)count,
           (unsigned long)seen->status);
}

#if FLOAT_ROLE == 0
int main(void)
{
    static struct registers secret;
    static struct registers now;
    uint32_t number = package_number();
    make_secret(&secret, number);
    for (uint32_t round = 1;; round++) {
        uint32_t turns = TURNS;
        fill(&secret);
        __asm__ volatile("1: subs %[turns], #1\n bne 1b\n" : [turns] "+r"(turns)::"cc");
        look(&now);
        printf("secret %lu: %lu lost\n", (unsigned long)round,
               (unsigned long)count_lost(&secret, &now));
    }
}
#elif FLOAT_ROLE == 1
int main(void)
{
    static struct registers seen;
    for (uint32_t round = 1;; round++) {
        look(&seen);
        report("peek", round, &seen);
        alarm_sleep_ms(30);
    }
}
#elif FLOAT_ROLE == 2 || FLOAT_ROLE == 3
int main(void)
{
    static struct registers seen;
    look(&seen);
    report("reborn", 0, &seen);
    make_secret(&seen, 7);
    alarm_sleep_ms(20); /* the line gets out */
    fill(&seen);
#if FLOAT_ROLE == 2
    __asm__ volatile(".fpu fpv4-sp-d16\n"
                     "vadd.f32 s0, s1, s2\n"
                     "vstr s0, [%[nobodys]]\n" ::[nobodys] "r"(0x20000000u)
                     : "memory");
#endif
    syscall_exit_restart(0);
}
#else
static void ticked(uint32_t now, uint32_t expired, uint32_t unused, void *userdata)
{
    (void)now;
    (void)expired;
    (void)unused;
    __asm__ volatile(".fpu fpv4-sp-d16\n"
                     "vmov.f32 s0, #1.0\n vmov.f32 s15, #2.0\n" /* what a function may change */
                     "vpush {s16-s31}\n"
                     "vmov.f32 s16, #3.0\n vmov.f32 s31, #4.0\n"
                     "vpop {s16-s31}\n");
    *(volatile bool *)userdata = true;
}

int main(void)
{
    static struct registers secret;
    static struct registers now;
    volatile bool is_over = false;
    make_secret(&secret, 9);
    (void)syscall_subscribe(ABI_DRIVER_ALARM, ABI_ALARM_UPCALL_EXPIRED, ticked, (void *)&is_over);
    for (uint32_t round = 1;; round++) {
        register uint32_t r0 __asm__("r0") = ABI_DRIVER_ALARM;
        register uint32_t r1 __asm__("r1") = ABI_ALARM_SET_RELATIVE;
        register uint32_t r2 __asm__("r2") = 100000;
        register uint32_t r3 __asm__("r3") = 0;
        fill(&secret);
        __asm__ volatile("svc 2" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)::"memory");
        look(&now);
        uint32_t lost = count_lost(&secret, &now);
        is_over = false;
        fill(&secret);
        while (!is_over) { /* nothing in here has to do with the FPU but the upcall */
            syscall_yield();
        }
        look(&now);
        for (uint32_t i = 16; i < REGISTERS; i++) {
            lost += secret.value[i] != now.value[i];
        }
        printf("calls %lu: %lu lost\n", (unsigned long)round, (unsigned long)lost);
    }
}
#endif
