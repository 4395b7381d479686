/* sim/cpu/exception_internal.h - what the files of the exception unit share. */
#ifndef SIM_CPU_EXCEPTION_INTERNAL_H
#define SIM_CPU_EXCEPTION_INTERNAL_H

#include "sim/cpu/exception.h"

#define EXCEPTION_PRIORITY_HARDFAULT (-1)

static inline struct nvic *exception_nvic(const struct exception_unit *unit)
{
    return &unit->core->nvic;
}

/* What counts of an exception's priority when it is to preempt. */
int32_t exception_group_priority(const struct exception_unit *unit, uint32_t exception);

/* The pending exception that preempts code of this priority; 0: none. */
uint32_t exception_preempting(const struct exception_unit *unit, int32_t priority);

#endif
