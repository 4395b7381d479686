/* sim/cpu/fault_status.h - which exception a fault is, and the status bits it leaves. Reference:
 * ARMv7-M ARM, B1.5.14 (table of faults), B3.2.15 to B3.2.18. Internal to exception.c.
 */
#ifndef SIM_CPU_FAULT_STATUS_H
#define SIM_CPU_FAULT_STATUS_H

#include <stdint.h>

#include "peripherals/armv7m/armv7m.h"
#include "sim/cpu/exception.h"

/* Sets CFSR, HFSR, DFSR and the fault address as the fault has it, and says which exception it is
 * before any escalation. */
uint32_t fault_status_record(struct armv7m *core, const struct fault *fault);

#endif
