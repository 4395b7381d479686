/*
 * switch.h - what the exception handlers of switch.S and the C part of this architecture share.
 *
 * Who owns thread mode is written down, never inferred: `current` is the context of the process
 * that does, NULL when the kernel does. No handler of an interrupt touches it or changes
 * EXC_RETURN; they only note, and pend PendSV, which has the lowest priority and so is the last of
 * any chain. See the head of switch.S.
 */
#ifndef KERNEL_ARCH_CORTEX_M_SWITCH_H
#define KERNEL_ARCH_CORTEX_M_SWITCH_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/arch/arch.h"

struct switch_state {
    struct arch_context *current; /* the process that owns thread mode; NULL: the kernel */
    struct arch_context *target;  /* set by the kernel just before its SVC: enter this one */
    uint32_t stop;                /* enum arch_stop: why the process that was entered last left */
    uint32_t interrupt_noted;
    uint32_t slice_over;
    struct arch_fault fault;
};

/* Defined in switch.S. Handlers write it at any time. */
extern volatile struct switch_state switch_state;

_Static_assert(sizeof(void *) != 4 || offsetof(struct switch_state, fault) == 20, "switch.S");
_Static_assert(sizeof(struct arch_fault) == 20, "switch.S");
_Static_assert(offsetof(struct arch_context, psp) == 32, "switch.S");
_Static_assert(offsetof(struct arch_context, exc_return) == 36, "switch.S");
_Static_assert(offsetof(struct arch_context, s16_to_s31) == 40, "switch.S");

#endif
