#include "kernel/arch/arch.h"

#include <stddef.h>

#include "kernel/arch/cortex_m/scs.h"
#include "kernel/hil/guard.h"

/* switch.S knows these. */
_Static_assert(offsetof(struct arch_switch, target) == 4, "switch.S");
_Static_assert(offsetof(struct arch_switch, stop) == 8, "switch.S");
_Static_assert(offsetof(struct arch_switch, fault) == 12, "switch.S");
_Static_assert(sizeof(struct arch_switch) == 32, "switch.S");
_Static_assert(sizeof(struct arch_fault) == 20, "switch.S");
_Static_assert(offsetof(union arch_signals, is.slice_over) == 1, "switch.S");
_Static_assert(offsetof(struct arch_context, psp) == 0, "switch.S");
_Static_assert(offsetof(struct arch_context, exc_return) == 36, "switch.S");
_Static_assert(offsetof(struct arch_context, s16_to_s31) == 40, "switch.S");

/* guard.S knows these. */
_Static_assert(sizeof(struct arch_guard) == 12, "guard.S");
_Static_assert(offsetof(struct arch_guard, innermost) == 4, "guard.S");
_Static_assert(offsetof(struct arch_landing, outer) == 4, "guard.S");
_Static_assert(offsetof(struct arch_landing, owner) == 8, "guard.S");
_Static_assert(offsetof(struct arch_landing, r4_to_r11) == 12, "guard.S");
_Static_assert(sizeof(struct arch_landing) == 48, "guard.S");
_Static_assert(K_ENODEVICE == -11, "guard.S");

#define NVIC_WORDS 8u /* of the architecture; those that a chip lacks ignore writes */

#define SYST_CSR_ENABLE    0x1u
#define SYST_CSR_TICKINT   0x2u
#define SYST_CSR_CLKSOURCE 0x4u

#define SHCSR_FAULTS_ENABLE   0x00070000u
#define CPACR_FLOAT_ALL       0x00F00000u
#define FPCCR_ASPEN           0x80000000u
#define MPU_CTRL_ENABLE       0x1u
#define MPU_CTRL_PRIVDEFENA   0x4u
#define AIRCR_KEY_SYSRESETREQ 0x05FA0004u

/* Three priority bits, in the top of each byte. Reasons: head of switch.S. */
#define PRIORITY_INTERRUPT  0x40u
#define PRIORITY_SVC_PENDSV 0x80u
#define NVIC_PRIORITY_WORDS 12u /* 48 interrupts */

void arch_init(void)
{
    for (uint32_t word = 0; word < NVIC_PRIORITY_WORDS; word++) {
        *scs(SCS_NVIC_IPR + 4u * word) = PRIORITY_INTERRUPT * 0x01010101u;
    }
    *scs(SCS_SHPR1) = 0;
    *scs(SCS_SHPR2) = PRIORITY_SVC_PENDSV << 24;
    *scs(SCS_SHPR3) = PRIORITY_INTERRUPT << 24 | PRIORITY_SVC_PENDSV << 16;
    *scs(SCS_SHCSR) = SHCSR_FAULTS_ENABLE;

    /* Floating point state is stacked with the process's own rights when it is interrupted, never
     * later on the kernel's behalf (no lazy stacking): a bad stack is then always the process's
     * fault, at a place where it can be told. */
    *scs(SCS_CPACR) = CPACR_FLOAT_ALL;
    *scs(SCS_FPCCR) = FPCCR_ASPEN;

    *scs(SCS_MPU_CTRL) = MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

void arch_slice_start(uint32_t ticks)
{
    *scs(SCS_SYST_CSR) = 0;
    *scs(SCS_SYST_RVR) = ticks - 1u;
    *scs(SCS_SYST_CVR) = 0;
    arch_signals.is.slice_over = 0;
    *scs(SCS_SYST_CSR) = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE;
}

uint32_t arch_slice_pause(void)
{
    *scs(SCS_SYST_CSR) = 0;
    __asm__ volatile("dsb\n\tisb" ::: "memory"); /* an exception that was due has been taken now */
    uint32_t given = *scs(SCS_SYST_RVR) + 1u;
    if (arch_slice_is_over()) {
        arch_signals.is.slice_over = 0;
        return given;
    }
    return given - *scs(SCS_SYST_CVR);
}

void arch_sleep(void)
{
    /* With PRIMASK set an interrupt still ends WFI, but its handler waits for the cpsie. */
    __asm__ volatile("cpsid i" ::: "memory");
    if (arch_signals.any == 0) {
        __asm__ volatile("dsb\n\twfi" ::: "memory");
    }
    __asm__ volatile("cpsie i\n\tisb" ::: "memory");
}

_Noreturn void arch_reset_system(void)
{
    __asm__ volatile("dsb" ::: "memory");
    *scs(SCS_AIRCR) = AIRCR_KEY_SYSRESETREQ;
    __asm__ volatile("dsb" ::: "memory");
    for (;;) {
    }
}

_Noreturn void arch_halt(void)
{
    __asm__ volatile("cpsid i" ::: "memory");
    /* A pending interrupt would end every WFI at once: with all of them off the core really sleeps.
     */
    *scs(SCS_SYST_CSR) = 0;
    for (uint32_t word = 0; word < NVIC_WORDS; word++) {
        *scs(SCS_NVIC_ICER + 4u * word) = UINT32_MAX;
    }
    for (;;) {
        __asm__ volatile("wfi" ::: "memory");
    }
}

static ARCH_OUT_OF_LINE struct arch_kernel_fault read_fault(const struct arch_frame *frame)
{
    uint32_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return (struct arch_kernel_fault){
        .fault = {.exception = exception,
                  .cfsr = *scs(SCS_CFSR),
                  .hfsr = *scs(SCS_HFSR),
                  .mmfar = *scs(SCS_MMFAR),
                  .bfar = *scs(SCS_BFAR)},
        .frame = frame,
        .sp = (uint32_t)(uintptr_t)frame,
    };
}

#define XPSR_THUMB       0x01000000u
#define XPSR_STACK_ALIGN 0x00000200u

extern uint32_t kernel_stack_top[];
void arch_landed(void);
void arch_abandoned(void);
void guard_null_handle(void); /* the check of whoever called where lr says */
#define BL_BYTES 4u

/* From switch.S: the kernel faulted in thread mode, with a frame on its stack. Returns the frame
 * with which to go on, or NULL. What lies below a landing belongs to calls that are over. */
struct arch_frame *arch_kernel_trapped(struct arch_frame *frame);
struct arch_frame *arch_kernel_trapped(struct arch_frame *frame)
{
    if (frame->pc == ((uintptr_t)guard_null_handle & ~(uintptr_t)1)) {
        frame->pc = (frame->lr & ~(uintptr_t)1) - BL_BYTES;
    }
    const struct arch_kernel_fault fault = read_fault(frame);
    if (!kernel_take_trap(&fault)) {
        return NULL;
    }
    *scs(SCS_CFSR) = fault.fault.cfsr; /* written back, sticky bits are cleared */
    uintptr_t sp = (uintptr_t)kernel_stack_top;
    uintptr_t pc = (uintptr_t)kernel_resume;
    if (arch_guard.innermost != NULL) {
        sp = (uintptr_t)arch_guard.innermost;
        pc = (uintptr_t)arch_landed;
    }
    /* The return from the exception takes off the frame and, if bit 9 says so, a word of padding.
     */
    struct arch_frame *landing = (struct arch_frame *)((sp & ~(uintptr_t)7) - ARCH_FRAME_BYTES);
    landing->pc = pc & ~(uintptr_t)1;
    landing->xpsr = XPSR_THUMB | ((sp & 4u) != 0 ? XPSR_STACK_ALIGN : 0u);
    return landing;
}

void arch_landing_abandon(struct arch_landing *landing)
{
    landing->lr = (uintptr_t)arch_abandoned;
}

/* From switch.S. */
_Noreturn void arch_kernel_faulted(const struct arch_frame *frame, uint32_t exc_return,
                                   uint32_t stack_lost, const uint32_t *r4_to_r11);
_Noreturn void arch_kernel_faulted(const struct arch_frame *frame, uint32_t exc_return,
                                   uint32_t stack_lost, const uint32_t *r4_to_r11)
{
    (void)exc_return;
    struct arch_kernel_fault fault = read_fault(frame);
    fault.r4_to_r11 = r4_to_r11;
    if (stack_lost != 0) {
        fault.frame = NULL;
        fault.stack_overflow = true;
    }
    kernel_take_fault(&fault);
}
