/* sim/cpu/cpu_snapshot.h - the core of a machine for a snapshot, as plain values: no pointer, no
 * engine. To be used between runs (cpu_run, cpu_step) only, where every instruction is complete.
 *
 * Breakpoints, watchpoints and an attached debugger are not of the core and stay as they are.
 */
#ifndef SIM_CPU_CPU_SNAPSHOT_H
#define SIM_CPU_CPU_SNAPSHOT_H

#include "peripherals/armv7m/armv7m_state.h"
#include "sim/cpu/cpu.h"

/* The local exclusive monitor: what the load-exclusive read, and where. */
struct cpu_exclusive {
    uint32_t address, value;
    bool set;
};

/* What decides how the guest goes on. */
struct cpu_state {
    struct cpu_regs regs;
    struct armv7m_state core;
    uint64_t cycle;         /* at which the next instruction may start */
    uint64_t stall_cycles;  /* that it has to wait from there */
    uint32_t after_address; /* where the last block ended, and what a jump from there costs */
    uint32_t after_taken;
    uint32_t fp_store_done;         /* cycles that the deferred store of FP words has had */
    uint32_t return_left;           /* cycles that an exception return still needs */
    struct exception_popped popped; /* and the frame that it took */
    struct cpu_exclusive exclusive;
    bool sleeping, sleeping_wfe;
    bool flash_cache; /* cpu_set_flash_cache */
    bool locked_up;
    bool late_possible; /* an exception was entered, and no instruction has run since */
};

/* What it has done so far: for reports. */
struct cpu_account {
    struct cpu_counters counters;
    struct mpu_account mpu;
    uint64_t instructions;
    uint64_t mpu_write_cycle; /* of the last write to an MPU register */
};

void cpu_save(struct cpu *cpu, struct cpu_state *state);
void cpu_save_account(const struct cpu *cpu, struct cpu_account *account);

/* Goes on from there. The caller brings the clock and memory to the same point: memory with
 * cpu_memory_replace. */
void cpu_restore(struct cpu *cpu, const struct cpu_state *state);
void cpu_restore_account(struct cpu *cpu, const struct cpu_account *account);

/* False for values that no core of this kind can have (a damaged file). */
bool cpu_state_is_sane(struct cpu *cpu, const struct cpu_state *state, uint64_t now_cycles);
bool cpu_account_is_sane(const struct cpu_account *account);

/* Replaces memory that the engine maps. What was translated from bytes that change is forgotten,
 * and nothing else. Nothing happens where no such memory is. */
void cpu_memory_replace(struct cpu *cpu, uint32_t address, const uint8_t *bytes, uint32_t size);

#endif
