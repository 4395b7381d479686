/*
 * arch.h - what the core wants from an architecture: running a process until it stops, its
 * registers, memory protection, the time slice, sleep. arch/cortex_m implements it; the core's host
 * tests bring a fake.
 *
 * The kernel runs privileged in thread mode on the main stack; a process runs unprivileged in
 * thread mode on its own stack. Interrupts are only noted by handlers (masked in the NVIC, still
 * pending) and served later by the kernel's main loop.
 */
#ifndef KERNEL_ARCH_ARCH_H
#define KERNEL_ARCH_ARCH_H

#include <stdbool.h>
#include <stdint.h>

/* For the way that every system call takes: the condition mostly holds. */
#define ARCH_LIKELY(condition) __builtin_expect(!!(condition), 1)
/* A function that is not to be part of its caller: it is not on that way, or what it has on the
 * stack is to be gone when it returns, or each has registers enough without the other. */
#define ARCH_OUT_OF_LINE __attribute__((noinline))

/* A word at any address, whatever was said to lie there. */
struct arch_word {
    uint32_t value;
} __attribute__((packed, may_alias));

/* What exception entry puts on the process's stack, lowest address first. */
struct arch_frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};
#define ARCH_FRAME_BYTES 32u

/* A process that is not running. r0-r3, r12, lr, pc and xpsr lie in the frame at psp (with s0-s15
 * and FPSCR behind them when it used floating point). switch.S knows the offsets. */
struct arch_context {
    uint32_t psp;
    uint32_t r4_to_r11[8];
    uint32_t exc_return;     /* bit 4 clear: the frame is extended, s16_to_s31 are valid */
    uint32_t s16_to_s31[16]; /* stored and loaded only then */
};

enum arch_stop {
    ARCH_STOP_INTERRUPT = 0,   /* an interrupt, or the end of the time slice */
    ARCH_STOP_SYSTEM_CALL = 1, /* frame.pc is after the SVC instruction */
    ARCH_STOP_FAULT = 2,       /* see arch_fault_get */
    ARCH_STOP_WORD = INT32_MAX /* none: it makes this a word, which needs no narrowing */
};

/* The status registers when a fault was taken (ARMv7-M ARM, B3.2). */
struct arch_fault {
    uint32_t exception; /* 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault */
    uint32_t cfsr, hfsr, mmfar, bfar;
};
#define ARCH_CFSR_MMARVALID 0x00000080u
#define ARCH_CFSR_BFARVALID 0x00008000u

/* The kernel's stack is filled with this at start: what still has it was never used. */
#define ARCH_STACK_PATTERN 0x57ACC0DEu

/* Once, before anything else: vector table, priorities, floating point access, MPU on. */
void arch_init(void);

/*
 * Who owns thread mode is written down, never inferred: `current` is the context of the process
 * that does, NULL when the kernel does. Handlers write it at any time; the head of switch.S has the
 * rules.
 */
struct arch_switch {
    struct arch_context *current;
    struct arch_context *target; /* set by the kernel just before its SVC: enter this one */
    uint32_t stop;               /* enum arch_stop: why the process that was entered last left */
    struct arch_fault fault;     /* of the latest ARCH_STOP_FAULT */
};
extern volatile struct arch_switch arch_switch;

/* Runs the process from where its context says until it stops. */
#if defined(__arm__)
static inline enum arch_stop arch_process_run(struct arch_context *context)
{
    arch_switch.target = context;
    /* The process has r4-r11 meanwhile; the rest comes back with the kernel's own frame. */
    __asm__ volatile("svc #0" ::: "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "cc", "memory");
    return (enum arch_stop)arch_switch.stop;
}
#else
enum arch_stop arch_process_run(struct arch_context *context);
#endif

/* The fault of the latest ARCH_STOP_FAULT; nobody writes it while the kernel runs. */
static inline const struct arch_fault *arch_fault_get(void)
{
    return (const struct arch_fault *)&arch_switch.fault;
}

/* Calls into capsules: kernel/hil/guard.h. guard.S knows the offsets. */
struct capsule;
struct arch_landing {
    uint32_t scopes_open;        /* when the call began */
    struct arch_landing *outer;  /* NULL: the main loop, or a command, called */
    const struct capsule *owner; /* who was called */
    uint32_t r4_to_r11[8];
    uint32_t lr;
};
struct arch_guard {
    uint32_t scopes_open;           /* the core's: grants entered just now, all together */
    struct arch_landing *innermost; /* of the calls that are going on; NULL: none */
    uint32_t any_dead;              /* the core's: guard_is_dead has to be asked */
};
extern struct arch_guard arch_guard;

/* The caller of this landing is a capsule that is dead: when the call returns, the caller is left
 * as if it had trapped itself. */
void arch_landing_abandon(struct arch_landing *landing);

/* Builds the first context: pc = entry, r0-r3 = arguments, stack pointer = stack_top afterwards.
 * [stack_top - ARCH_FRAME_BYTES, stack_top) is the process's memory and is written; stack_top is a
 * multiple of 8. */
void arch_context_start(struct arch_context *context, uint32_t stack_top, uint32_t entry,
                        const uint32_t arguments[4]);

/* Makes the stopped process call `function` as if from the place where it stopped; it returns
 * there. r0-r2 = arguments, r3 = last. */
void arch_context_call(struct arch_context *context, uint32_t function, const uint32_t arguments[3],
                       uint32_t last);

/* The frame in the process's memory. The caller has checked that psp lies there. */
static inline struct arch_frame *arch_context_frame(const struct arch_context *context)
{
    return (struct arch_frame *)(uintptr_t)context->psp;
}

/* Loads all eight regions (RBAR, RASR pairs of mpu_layout) into the MPU, which stays on. */
struct mpu_layout_region;
void arch_mpu_load(const struct mpu_layout_region *regions);

/* The clock that measures what a process, or the kernel, uses: after so many ticks (at least 2, at
 * most ARCH_TICKS_MAX) a process stops with ARCH_STOP_INTERRUPT, and arch_slice_is_over() is true
 * until the next start or pause. */
#define ARCH_TICKS_PER_US 64u
#define ARCH_TICKS_MAX    0x00FFFFFFu
void arch_slice_start(uint32_t ticks);
/* Stops the clock; returns the ticks since it was started, at most those that it was given. */
uint32_t arch_slice_pause(void);

/* What handlers leave for the main loop: 0 or 1. Asked on the way of every system call, hence not
 * behind a function of the architecture's own. */
union arch_signals {
    struct {
        uint8_t interrupt;  /* one has been noted */
        uint8_t slice_over; /* SysTick has */
        uint8_t work;       /* the core's own: something is to be done (deferred calls) */
    } is;
    uint32_t any;
};
extern volatile union arch_signals arch_signals;

static inline bool arch_slice_is_over(void)
{
    return arch_signals.is.slice_over != 0;
}

/* True when a handler has noted an interrupt since the last arch_interrupts_take(). */
static inline bool arch_interrupts_noted(void)
{
    return arch_signals.is.interrupt != 0;
}

/* Clears that note; the caller then serves everything that is pending. */
static inline void arch_interrupts_take(void)
{
    arch_signals.is.interrupt = 0;
}

/* Sleeps until an interrupt is pending; returns at once when one was noted already. No interrupt
 * can slip in between the look and the sleep. */
void arch_sleep(void);

_Noreturn void arch_reset_system(void);
_Noreturn void arch_halt(void); /* after a panic: nothing runs any more, interrupts included */

/* Called by the architecture when the kernel itself faulted; the core implements it. `r4_to_r11`
 * and the frame hold the registers; the frame is NULL when the stack was lost. */
struct arch_kernel_fault {
    struct arch_fault fault;
    const struct arch_frame *frame;
    const uint32_t *r4_to_r11;
    uint32_t sp;
    bool stack_overflow;
};
_Noreturn void kernel_take_fault(const struct arch_kernel_fault *fault);

/*
 * The same, asked before: may the kernel go on without the capsule that did it? If so, the
 * architecture goes on in thread mode, where the innermost landing is (with kernel_trap_landed,
 * then K_ENODEVICE to its caller) or, when there is none, with kernel_resume on an empty stack. The
 * core implements the three. kernel_take_trap runs in the fault handler and only writes down what
 * happened.
 */
bool kernel_take_trap(const struct arch_kernel_fault *fault);
void kernel_trap_landed(void);
_Noreturn void kernel_resume(void);

#endif
