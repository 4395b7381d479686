/* sim/debug/gdb_registers.h - the target description, and registers by GDB's numbers for it. */
#ifndef SIM_DEBUG_GDB_REGISTERS_H
#define SIM_DEBUG_GDB_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/cpu/cpu_regs.h"

/* Numbers are positions in the description: r0-r12 0-12, sp 13, lr 14, pc 15, xpsr 16, d0-d15
 * 17-32, fpscr 33, then msp, psp, primask, basepri, faultmask, control. */
#define GDB_REGISTER_COUNT 40U

/* The description as XML (features org.gnu.gdb.arm.m-profile, .vfp, .m-system). */
extern const char gdb_target_xml[];

/* Width of a register in bytes (4 or 8), 0 for a number that does not exist. */
size_t gdb_register_bytes(uint32_t number);

uint64_t gdb_register_get(const struct cpu_regs *regs, uint32_t number);
void gdb_register_set(struct cpu_regs *regs, uint32_t number, uint64_t value);

#endif
