/*
 * For apps that test the system call interface from the inside: each rule is one line on the
 * console, PASS or FAIL and the rule; the last line is `done`. tests/system/syscalls.lua reads
 * them. The raw calls return all four registers, for rules about what the stubs of apps/lib hide.
 */
#ifndef APPS_TESTS_CHECK_H
#define APPS_TESTS_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

static inline void check(bool holds, const char *rule)
{
    printf("%s %s\n", holds ? "PASS" : "FAIL", rule);
}

#define CHECK_RAW_CALL(name, class)                                                                \
    static inline struct syscall_return name(uint32_t a, uint32_t b, uint32_t c, uint32_t d)       \
    {                                                                                              \
        register uint32_t r0 __asm__("r0") = a;                                                    \
        register uint32_t r1 __asm__("r1") = b;                                                    \
        register uint32_t r2 __asm__("r2") = c;                                                    \
        register uint32_t r3 __asm__("r3") = d;                                                    \
        __asm__ volatile("svc %[number]"                                                           \
                         : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)                                  \
                         : [number] "i"(class)                                                     \
                         : "memory", "cc", "r12", "lr");                                           \
        return (struct syscall_return){r0, {r1, r2, r3}};                                          \
    }

CHECK_RAW_CALL(raw_yield, ABI_CLASS_YIELD)
CHECK_RAW_CALL(raw_subscribe, ABI_CLASS_SUBSCRIBE)
CHECK_RAW_CALL(raw_command, ABI_CLASS_COMMAND)
CHECK_RAW_CALL(raw_allow_read_write, ABI_CLASS_ALLOW_READ_WRITE)
CHECK_RAW_CALL(raw_allow_read_only, ABI_CLASS_ALLOW_READ_ONLY)
CHECK_RAW_CALL(raw_allow_user_readable, ABI_CLASS_ALLOW_USER_READABLE)
CHECK_RAW_CALL(raw_memop, ABI_CLASS_MEMOP)
CHECK_RAW_CALL(raw_exit, ABI_CLASS_EXIT)

/* True when all four registers are these. */
static inline bool is_answer(struct syscall_return answer, uint32_t variant, uint32_t value0,
                             uint32_t value1, uint32_t value2)
{
    return answer.variant == variant && answer.values[0] == value0 && answer.values[1] == value1 &&
           answer.values[2] == value2;
}

static inline uint32_t address_of(const volatile void *object)
{
    return (uint32_t)(uintptr_t)object;
}

/* Keeps the CPU, so that upcalls queue up instead of being run. */
static inline void spin_ms(uint32_t ms)
{
    uint32_t start = alarm_now_ticks();
    uint32_t ticks = alarm_ms_to_ticks(ms);
    while (alarm_now_ticks() - start < ticks) {
    }
}

#endif
