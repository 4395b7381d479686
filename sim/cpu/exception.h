/* sim/cpu/exception.h - exception entry, return and fault escalation over plain register state. No
 * engine. Reference: ARMv7-M Architecture Reference Manual, B1.5; cycle costs: Cortex-M4 TRM (12
 * entry, 6 tail-chained, 10 return; 17 more whenever FP words are moved).
 *
 * The caller brings the registers up to date, calls, and loads them back into its engine.
 */
#ifndef SIM_CPU_EXCEPTION_H
#define SIM_CPU_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"
#include "peripherals/armv7m/armv7m.h"
#include "peripherals/iface/bus.h"
#include "sim/cpu/cpu_regs.h"

/* Word accesses that stacking and vector fetches make, after the MPU was asked. BUS_FAULT: nothing
 * is there. */
struct exception_memory {
    enum bus_result (*read)(void *context, uint32_t address, uint32_t *value);
    enum bus_result (*write)(void *context, uint32_t address, uint32_t value);
    void *context;
};

/* A synchronous fault that an instruction ran into. */
enum fault_kind {
    FAULT_IACCVIOL,  /* MemManage: fetch refused */
    FAULT_DACCVIOL,  /* MemManage: data access refused; address valid */
    FAULT_IBUSERR,   /* BusFault: fetch from where nothing is */
    FAULT_PRECISERR, /* BusFault: data access; address valid */
    FAULT_IMPRECISERR,
    FAULT_UNDEFINSTR, /* UsageFaults */
    FAULT_INVSTATE,
    FAULT_INVPC,
    FAULT_NOCP,
    FAULT_UNALIGNED,
    FAULT_DIVBYZERO,
    FAULT_BKPT, /* BKPT with no debugger: DebugMonitor, or HardFault with HFSR.DEBUGEVT */
    /* Found by exception.c itself, only ever seen by the observer; address is the first refused
     * word's. */
    FAULT_MSTKERR,
    FAULT_STKERR,
    FAULT_MUNSTKERR,
    FAULT_UNSTKERR,
    FAULT_MLSPERR, /* while the FP context that an entry left aside was stored */
    FAULT_LSPERR,
    FAULT_VECTTBL,
};

/* "MemManage DACCVIOL"; with words where that says little. */
const char *fault_kind_name(enum fault_kind kind);

struct fault {
    enum fault_kind kind;
    uint32_t address; /* for MMFAR or BFAR: the exact first refused byte's access address; 0 where
                         not valid */
};

enum exception_outcome {
    EXCEPTION_NONE,     /* nothing pending that may preempt: registers unchanged */
    EXCEPTION_ENTERED,  /* regs->pc is the handler's first instruction */
    EXCEPTION_RETURNED, /* back in the interrupted code */
    EXCEPTION_LOCKUP,   /* regs->pc = 0xFFFFFFFE; only a reset or an NMI goes on */
};

/* Told of every entry and return, for traces and accounts. All may be NULL. */
struct exception_observer {
    /* After stacking, before the first instruction. `from_pc`: the stacked return address. */
    void (*entered)(void *context, uint32_t exception, const struct cpu_regs *regs,
                    uint32_t from_pc);
    /* The handler is left; what comes next (unstacking, or a tail-chained handler) is not yet
     * known.
     */
    void (*returned)(void *context, uint32_t exception, const struct cpu_regs *regs);
    /* Unstacked: `regs` are those with which the interrupted code goes on. */
    void (*resumed)(void *context, const struct cpu_regs *regs);
    void (*faulted)(
        void *context, const struct fault *fault, const struct cpu_regs *regs,
        const struct mpu_verdict *verdict); /* verdict: NULL when the MPU did not decide */
    void *context;
};

/* The frame that the last return took: it lies there still. */
struct exception_popped {
    uint32_t exc_return, sp;
    bool lazy; /* its FP words had not been stored */
};

struct exception_unit {
    struct cpu_regs *regs;
    struct armv7m *core;
    struct exception_memory memory;
    struct exception_observer observer;
    bool fp_present; /* extended frames, FPCA */
    struct exception_popped popped;
    /* Set here, cleared by the caller once it has acted on it. */
    bool clear_exclusive; /* an entry or return happened: the local exclusive monitor is open */
    bool sleep_on_exit; /* a return left the last handler with SCR.SLEEPONEXIT: sleep as WFI does */
};

/* Takes the pending exception that preempts, if any. *cycles gets what entry costs. Call at
 * instruction boundaries. Here and below a handler whose vector has bit 0 clear is entered with
 * xpsr's T clear: the caller raises INVSTATE on its first instruction. */
enum exception_outcome exception_poll(struct exception_unit *unit, uint32_t *cycles);

/* The same where no instruction has run since the last call gave EXCEPTION_ENTERED: an exception of
 * higher priority that came in meanwhile is a late arrival, it takes over the frame and the one
 * that was entered is pending again. */
enum exception_outcome exception_poll_late(struct exception_unit *unit, uint32_t *cycles);

/* The same where the last call was exception_return, which gave EXCEPTION_RETURNED, and its cycles
 * have not all passed: an exception that came in meanwhile ends the unstacking, the frame stays and
 * the handlers are tail-chained. */
enum exception_outcome exception_poll_unstacking(struct exception_unit *unit, uint32_t *cycles);

/* In lockup: true when an NMI is pending that may preempt, which exception_poll then takes. */
bool exception_ends_lockup(const struct exception_unit *unit);

/* The instruction at regs->pc faulted; registers are as before it. Sets status registers and enters
 * the handler (escalating as the manual says). `verdict` is what the MPU said, or NULL; the
 * caller counts the refusal in core->mpu_account (it knows the kind of access), those of stacking
 * are counted here. IMPRECISERR: pc is after the store, and EXCEPTION_NONE means
 * that it waits. */
enum exception_outcome exception_fault(struct exception_unit *unit, const struct fault *fault,
                                       const struct mpu_verdict *verdict, uint32_t *cycles);

/* A data bus fault that CCR.BFHFNMIGN has the core ignore: only its status is left. */
void exception_note_ignored(struct exception_unit *unit, uint32_t address);

/* A debug event that is no instruction: DebugMonitor becomes pending and `dfsr` is set, if it is
 * enabled and may preempt what runs. False: the event is ignored. */
bool exception_debug_event(struct exception_unit *unit, uint32_t dfsr);

/* Is DebugMonitor enabled, and of higher priority than what runs? */
bool exception_monitor_preempts(const struct exception_unit *unit);

/* SVC was executed; regs->pc is after it. */
enum exception_outcome exception_svc(struct exception_unit *unit, uint32_t *cycles);

/* In handler mode, a branch to EXC_RETURN (with all its bits, bit 0 included). Unstacks,
 * tail-chains or faults. A return that tail-chains reports EXCEPTION_ENTERED. */
enum exception_outcome exception_return(struct exception_unit *unit, uint32_t exc_return,
                                        uint32_t *cycles);

/* True when a floating-point instruction would be the first since its context began, or since an
 * entry left the FP words of its frame to be stored later (FPCCR.LSPACT): exception_prepare_fp has
 * something to do. */
bool exception_fp_is_new(const struct exception_unit *unit);

/* What that takes. */
uint32_t exception_fp_cycles(const struct exception_unit *unit);

/* The instruction at regs->pc is a floating-point one, and CPACR allows it. Before it runs: stores
 * the FP context that an entry left aside, with the rights recorded in FPCCR, and begins a new one
 * (FPSCR from FPDSCR, CONTROL.FPCA). EXCEPTION_NONE: done, the instruction may run. Else a fault
 * came of it, and the instruction has not run. */
enum exception_outcome exception_prepare_fp(struct exception_unit *unit, uint32_t *cycles);

/* Reset: registers and core to their reset values, MSP and PC from the vector table at VTOR's reset
 * value 0. */
enum exception_outcome exception_reset(struct exception_unit *unit);

/* The priority that the running code has: 256 and above is thread level; negative for HardFault,
 * NMI, FAULTMASK. */
int32_t exception_execution_priority(const struct exception_unit *unit);

/* What BASEPRI and FAULTMASK alone make of it: exceptions of this priority value and above stay
 * pending. */
int32_t exception_mask_priority(const struct exception_unit *unit);

/* True when WFI (or WFE, `wfe`) would wake now: a pending exception that would preempt, for WFI
 * with PRIMASK disregarded; for WFE also the event register, which SEVONPEND sets. */
bool exception_would_wake(const struct exception_unit *unit, bool wfe);

/* WFE found the event register set: clears it and returns true, the instruction does not sleep. */
bool exception_take_event(struct exception_unit *unit);
/* SEV. */
void exception_send_event(struct exception_unit *unit);

#endif
