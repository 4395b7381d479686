/* Every register before and after a system call, for rules about which of them it changes. */
#ifndef APPS_TESTS_REGISTERS_H
#define APPS_TESTS_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct registers {
    uint32_t r[13];
    uint32_t lr;
    uint32_t flags; /* N, Z, C, V and Q, at their places in APSR */
};
_Static_assert(offsetof(struct registers, lr) == 52 && offsetof(struct registers, flags) == 56,
               "the offsets below");

/* Defines void name(struct registers *): loads them all, does `svc class` and stores them all. The
 * stack pointer that comes back is that which went in, or this does not return in one piece. */
#define REGISTERS_CALL(name, class)                                                                \
    __attribute__((naked)) static void name(struct registers *registers)                           \
    {                                                                                              \
        (void)registers;                                                                           \
        __asm__ volatile("push {r0, r4-r11, lr}\n"                                                 \
                         "ldr  r1, [r0, #56]\n"                                                    \
                         "msr  apsr_nzcvq, r1\n"                                                   \
                         "ldr  r12, [r0, #48]\n"                                                   \
                         "ldr  lr, [r0, #52]\n"                                                    \
                         "ldmia.w r0, {r0-r11}\n"                                                  \
                         "svc  %[number]\n"                                                        \
                         "push {r0, r1}\n"                                                         \
                         "ldr  r0, [sp, #8]\n"                                                     \
                         "mrs  r1, apsr\n"                                                         \
                         "str  r1, [r0, #56]\n"                                                    \
                         "str  lr, [r0, #52]\n"                                                    \
                         "add  r0, #8\n"                                                           \
                         "stmia r0, {r2-r12}\n"                                                    \
                         "pop  {r1, r2}\n"                                                         \
                         "strd r1, r2, [r0, #-8]\n"                                                \
                         "pop  {r0, r4-r11, pc}\n" ::[number] "i"(class));                         \
    }

/* Four arguments, and something else in each other register. */
static inline struct registers registers_with(uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
    struct registers registers = {.r = {r0, r1, r2, r3}, .lr = 0xEEEEEEEFu, .flags = 0xA8000000u};
    for (uint32_t i = 4; i < 13; i++) {
        registers.r[i] = 0x11111111u * i;
    }
    return registers;
}

/* Both agree from r`first` on, link register and flags included. */
static inline bool registers_agree(const struct registers *a, const struct registers *b,
                                   uint32_t first)
{
    for (uint32_t i = first; i < 13; i++) {
        if (a->r[i] != b->r[i]) {
            return false;
        }
    }
    return a->lr == b->lr && a->flags == b->flags;
}

#endif
