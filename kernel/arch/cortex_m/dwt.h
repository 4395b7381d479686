/*
 * dwt.h - the processor's own cycle counter. ARMv7-M Architecture Reference Manual, C1.8.
 */
#ifndef KERNEL_ARCH_CORTEX_M_DWT_H
#define KERNEL_ARCH_CORTEX_M_DWT_H

#include "kernel/hil/cycle_counter.h"

extern const struct hil_cycle_counter_ops dwt_cycle_counter_ops; /* self: NULL */

#endif
