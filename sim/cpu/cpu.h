/* sim/cpu/cpu.h - a Cortex-M4 that runs. Engine-neutral: nothing here names Unicorn.
 *
 * The CPU owns the core's registers, the System Control Space (peripherals/armv7m) and the engine.
 * Memory belongs to the machine. Time is the machine's clock: the CPU moves clock->now_cycles
 * forward as it retires instructions, and it is exact (to the instruction) whenever a device is
 * called. The CPU never fires events; the machine does, between cpu_run calls.
 */
#ifndef SIM_CPU_CPU_H
#define SIM_CPU_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpu_model/mpu_account.h"
#include "mpu_model/mpu_model.h"
#include "peripherals/armv7m/armv7m.h"
#include "peripherals/iface/bus.h"
#include "peripherals/iface/clock.h"
#include "peripherals/iface/diag.h"
#include "peripherals/iface/irq.h"
#include "sim/cpu/cpu_regs.h"
#include "sim/cpu/exception.h"

enum cpu_memory_kind {
    CPU_MEMORY_RAM,
    CPU_MEMORY_FLASH, /* reads are direct, stores go to cpu_bus.write */
};

/* Memory that the engine may map directly. `host` stays valid and in place for the life of the CPU.
 * 4 kB multiples. The same host memory may appear at several addresses, each time as a whole. */
struct cpu_memory {
    uint32_t base, size_bytes;
    uint8_t *host;
    enum cpu_memory_kind kind;
};

/* Every other address but the private peripheral bus: devices, flash stores, nothing at all
 * (BUS_FAULT). */
struct cpu_bus {
    enum bus_result (*read)(void *context, uint32_t address, uint8_t size_bytes, bool privileged,
                            uint32_t *value);
    enum bus_result (*write)(void *context, uint32_t address, uint8_t size_bytes, bool privileged,
                             uint32_t value);
    void *context;
};

/* Who wants to know of loads and stores of memory that is mapped; zeroed: nobody. `watches` says
 * whether it does for some byte of a range; cpu_observing_changed when that has another answer.
 * `accessed` is called once for each access, like a device, before it is made; BUS_FAULT refuses a
 * load. `forbids_fetch`: nothing is fetched from a page with such bytes; `watches` tells of them,
 * too. Vector fetches and stacking ask nobody. */
struct cpu_observe {
    bool (*watches)(void *context, uint32_t address, uint32_t size_bytes);
    enum bus_result (*accessed)(void *context, uint32_t address, uint32_t size_bytes, bool write);
    bool (*forbids_fetch)(void *context, uint32_t address, uint32_t size_bytes);
    void *context;
};

/* Flash wait states as seen by the core; docs/timing.md. */
enum cpu_flash_timing {
    CPU_FLASH_CACHED,   /* a cache that always hits */
    CPU_FLASH_UNCACHED, /* no cache */
    CPU_FLASH_IDEAL,    /* no wait states */
    CPU_FLASH_ICACHE, /* an instruction cache that cpu_set_flash_cache switches; off after reset */
};

#define CPU_MEMORY_MAX 8

struct cpu_config {
    struct clock *clock;
    struct diag *diag;
    struct cpu_memory memory[CPU_MEMORY_MAX];
    uint32_t memory_count;
    struct cpu_bus bus;
    uint32_t irq_count;     /* external interrupts, up to 240; nRF52832: 39, nRF52840: 48 */
    uint32_t priority_bits; /* 3 on nRF52 */
    bool fp_present;
    enum cpu_flash_timing flash_timing;
    bool count_mpu_hits;                /* exact hits per region; slow */
    struct exception_observer observer; /* every entry, return and fault */
    /* AIRCR.SYSRESETREQ was written. The machine resets after cpu_run returned CPU_STOP_RESET. */
    void (*reset_requested)(void *context);
    void *context;
    struct cpu_observe observe;
    struct armv7m_gate gate; /* zeroed: SysTick's exception is pending at once */
};

enum cpu_stop {
    CPU_STOP_LIMIT, /* the limit or the next event is due */
    CPU_STOP_SLEEP, /* WFI or WFE with nothing to wake it: the machine may jump to the next event */
    CPU_STOP_RESET, /* a reset was requested by the core */
    CPU_STOP_REQUESTED,  /* cpu_request_stop */
    CPU_STOP_STEP,       /* one instruction done */
    CPU_STOP_BREAKPOINT, /* before the instruction at a breakpoint */
    CPU_STOP_WATCHPOINT, /* after the access; see cpu_watch_hit */
    CPU_STOP_BKPT,       /* on a BKPT instruction while a debugger is attached (cpu_set_debugger) */
    CPU_STOP_SEMIHOSTING, /* on BKPT 0xAB; see cpu_set_semihosting */
    CPU_STOP_LOCKUP,
    CPU_STOP_ENGINE, /* the engine failed: a simulator error, message in cpu_error */
};

struct cpu_counters {
    uint64_t instructions;
    uint64_t busy_cycles; /* not asleep */
    uint64_t exceptions;  /* entries, tail-chained ones included */
    uint64_t interrupts;  /* entries with an exception number of 16 and above */
};

struct cpu; /* opaque; one engine each */

/* NULL when the engine cannot be had; *message then says why (constant text). `config` is copied.
 */
struct cpu *cpu_create(const struct cpu_config *config, const char **message);
void cpu_destroy(struct cpu *cpu);

/* Core reset: SCS and registers to reset values, vector fetch. Keeps breakpoints. */
void cpu_reset(struct cpu *cpu);

/* Runs to the first instruction boundary at or after min(limit_cycle, clock_next_due()), or to
 * another reason to stop. An instruction that makes an event due earlier ends the run in time.
 * Interrupts that become pending while it runs are taken. */
enum cpu_stop cpu_run(struct cpu *cpu, uint64_t limit_cycle);

/* Runs one instruction (also inside an IT block, where one that is skipped counts), or enters one
 * exception. CPU_STOP_LIMIT: neither, the CPU was held (cpu_stall), returned from an exception or
 * stored FP registers until an event is due, which may cut that short. */
enum cpu_stop cpu_step(struct cpu *cpu);

/* Makes a running cpu_run return CPU_STOP_REQUESTED soon. May be called from device code. */
void cpu_request_stop(struct cpu *cpu);

/* Whether the core sleeps and nothing that has come so far will wake it. */
bool cpu_is_asleep(const struct cpu *cpu);

/* Whether an exception that has come so far will be taken before the next instruction. Between
 * runs.
 */
bool cpu_is_interrupted(const struct cpu *cpu);

/* Register access, valid between runs and inside observer callbacks. A sleeping CPU whose PC is
 * changed is awake. */
void cpu_get_regs(const struct cpu *cpu, struct cpu_regs *regs);
void cpu_set_regs(struct cpu *cpu, const struct cpu_regs *regs);

/* The core's own devices. irq lines of devices end at cpu_irq_line(). */
struct armv7m *cpu_core(struct cpu *cpu);
struct irq_line cpu_irq_line(struct cpu *cpu, uint32_t irqn);

/* Sets NMI pending. Callable from device code. */
void cpu_pend_nmi(struct cpu *cpu);

/* The PC of the instruction that makes the current device access; of the next instruction between
 * runs. */
uint32_t cpu_pc(const struct cpu *cpu);

/* Host code changed memory that may hold code (flash write, debugger, loader). */
void cpu_memory_changed(struct cpu *cpu, uint32_t address, uint32_t size_bytes);

/* What cpu_config.observe watches has changed: true from the end of the current instruction on.
 * Callable from device code. */
void cpu_observing_changed(struct cpu *cpu);

/* With CPU_FLASH_ICACHE: what is fetched after the current instruction comes from the cache, or
 * not. Callable from device code. */
void cpu_set_flash_cache(struct cpu *cpu, bool on);

/* The CPU is held for so many cycles from now on (flash busy), or to a reset. What becomes due
 * meanwhile ends a run in its own cycle; the next run holds on. Callable from device code. */
void cpu_stall(struct cpu *cpu, uint64_t cycles);
/* All that cpu_stall has asked for since cpu_create; no snapshot takes it back. */
uint64_t cpu_stalled_cycles(const struct cpu *cpu);

/* Debugger. Watch: every access of
 * the kind that touches [address, address + size). At most 32 of each. */
enum cpu_watch_kind { CPU_WATCH_WRITE = 1, CPU_WATCH_READ = 2, CPU_WATCH_ACCESS = 3 };
struct cpu_watch_hit {
    uint32_t address;
    uint8_t size_bytes;
    bool write;
};
bool cpu_breakpoint_add(struct cpu *cpu, uint32_t address);
bool cpu_breakpoint_remove(struct cpu *cpu, uint32_t address);
bool cpu_watchpoint_add(struct cpu *cpu, uint32_t address, uint32_t size_bytes,
                        enum cpu_watch_kind kind);
bool cpu_watchpoint_remove(struct cpu *cpu, uint32_t address, uint32_t size_bytes,
                           enum cpu_watch_kind kind);
bool cpu_watch_hit(const struct cpu *cpu, struct cpu_watch_hit *hit);
/* With a debugger attached BKPT stops instead of faulting. */
void cpu_set_debugger(struct cpu *cpu, bool attached);
#define CPU_BKPT_SEMIHOSTING 0xBEABU /* BKPT 0xAB */
/* BKPT 0xAB stops with CPU_STOP_SEMIHOSTING, with or without a debugger. */
void cpu_set_semihosting(struct cpu *cpu, bool on);
/* After that stop: goes on behind the BKPT, with r0, so many cycles later and one. */
void cpu_answer_semihosting(struct cpu *cpu, uint32_t r0, uint64_t cycles);

/* Disturbances for experiments, between runs. The next instruction is not executed: PC moves behind
 * it, an IT block goes on, one cycle passes. False: none is about to run (the core sleeps or is
 * locked up, or there is no memory at the PC). */
bool cpu_skip_instruction(struct cpu *cpu);
/* A bit of MPU_CTRL, or of MPU_RBAR or MPU_RASR of a region, is the other way round. False: the
 * register does not have it. */
bool cpu_flip_mpu(struct cpu *cpu, enum mpu_register which, uint32_t region, uint32_t bit);

/* `met` is told of each run of instructions that the core is about to execute and does not know:
 * for the first time since cpu_create, or since it forgot it (code that changed, a full cache).
 * Runs may overlap. NULL: nobody is told. What it costs a run that is known is nothing. */
void cpu_watch_blocks(struct cpu *cpu,
                      void (*met)(void *context, uint32_t address, uint32_t size_bytes),
                      void *context);

const struct cpu_counters *cpu_counters(const struct cpu *cpu);
const struct mpu_account *cpu_mpu_account(const struct cpu *cpu);
const char *cpu_error(const struct cpu *cpu); /* after CPU_STOP_ENGINE */

#endif
