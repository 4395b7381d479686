/*
 * switch.S - exception handlers and the way to a process and back. ARMv7-M with FPv4-SP.
 *
 * One word decides which way a switch goes: arch_switch.current, the context of the process that
 * owns thread mode, or 0 for the kernel. EXC_RETURN is looked at for the frame's shape only.
 *
 *   kernel      sets `target`, executes SVC          -> SVC handler enters the process
 *   process     executes SVC                         -> SVC handler leaves it (system call)
 *   interrupt,  whoever ran                          -> notes it, pends PendSV, returns with
 *   SysTick                                             EXC_RETURN untouched
 *   PendSV      last of every chain                  -> leaves the process, if one owns thread mode
 *   fault       from thread mode on the process stack-> leaves the process; else the kernel faulted
 *
 * Why no chain can skip a call or resume a process privileged: only three places change `current`,
 * CONTROL.nPRIV and the direction (SVC and PendSV handler, fault handler), always all three
 * together, and none can be interrupted by another of them half-way except by a fault of the
 * kernel's own, which does not return. A late-arriving interrupt runs before or after them and
 * changes none of the three. If an interrupt's PendSV is still pending when the SVC handler has
 * entered a process, PendSV follows at once and leaves it again: the process executed nothing, its
 * context is as before. If it is still pending when the SVC handler has left a process, PendSV
 * finds current = 0 and does nothing: the system call stands.
 * An interrupt between the kernel's last look at arch_signals and its SVC has had its PendSV already,
 * for nothing; so the SVC handler looks once more and does not enter. After that look PendSV is still
 * to come.
 *
 * Priorities (arch_init): faults 0, interrupts and SysTick 2, SVC and PendSV 4: neither of the two can
 * come in the middle of the other, and SVC goes first. An SVC that is pended by anything else than its
 * instruction finds no target while the kernel owns thread mode and changes nothing. What stops a
 * process may fail to stack its frame, which is another fault: of an SVC and a fault, or of two faults, the
 * second stays pending behind the first. It is the process's, too, so the fault handler takes all
 * of them back; left pending, it would hit the kernel.
 */
    .syntax unified
    .cpu cortex-m4
    .fpu fpv4-sp-d16
    .thumb

    .equ CURRENT, 0
    .equ TARGET, 4
    .equ STOP, 8
    .equ FAULT, 12
    .equ SIGNALS, 32                    @ arch_signals, right behind
    .equ SIGNAL_INTERRUPT, 0
    .equ SIGNAL_SLICE_OVER, 1
    .equ CONTEXT_FLOAT, 40

    .equ STOP_INTERRUPT, 0
    .equ STOP_SYSTEM_CALL, 1
    .equ STOP_FAULT, 2

    .equ NVIC_ICER, 0xE000E180
    .equ NVIC_ISPR_FROM_ICER, 0x80
    .equ SCB_ICSR, 0xE000ED04
    .equ ICSR_PENDSVSET, 0x10000000
    .equ SCB_SHCSR, 0xE000ED24          @ then CFSR +4, HFSR +8, MMFAR +16, BFAR +20
    .equ SHCSR_PENDED, 0xF000           @ UsageFault, MemManage, BusFault, SVCall
    .equ CONTROL_UNPRIVILEGED, 1
    .equ REPORT_STACK, 704              @ bytes of stack that the report of a kernel fault takes
    .equ TRAP_STACK, 128                @ and that looking whether a capsule trapped takes

    .section .bss.arch_switch, "aw", %nobits
    .align 2
    .global arch_switch
    .type arch_switch, %object
arch_switch:
    .space 32
    .size arch_switch, 32
    .global arch_signals
    .type arch_signals, %object
arch_signals:
    .space 4
    .size arch_signals, 4

    .macro handler name
    .section .text.arch_handlers, "ax", %progbits @ one: they share constants, branches are short
    .align 2
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .endm

handler arch_svc_handler
    ldr     r1, =arch_switch
    ldr     r0, [r1, #CURRENT]
    cbz     r0, enter_process
    movs    r2, #STOP_SYSTEM_CALL
/* r0 = context of the process, r1 = arch_switch, r2 = why. Gives thread mode back to the kernel. */
leave_process:
    str     r2, [r1, #STOP]
    mrs     r2, psp
    stmia   r0!, {r2, r4-r11, lr}
    tst     lr, #0x10
    beq     2f
1:  movs    r2, #0
    str     r2, [r1, #CURRENT]
    msr     control, r2
    mvn     lr, #6                      @ 0xFFFFFFF9: thread mode, main stack, basic frame
    bx      lr
/* The next process may look at these registers before it has written any. */
2:  vstmia  r0, {s16-s31}
    movs    r2, #0
    .irp    pair, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmov    d\pair, r2, r2
    .endr
    vmsr    fpscr, r2
    b       1b

enter_process:
    ldr     r0, [r1, #TARGET]
    ldr     r3, [r1, #SIGNALS]
    cbz     r0, 2f                      @ no request, nothing to enter
    cbnz    r3, refuse                  @ noted since the kernel last looked: serve it first
    str     r3, [r1, #TARGET]
    str     r0, [r1, #CURRENT]
    movs    r3, #CONTROL_UNPRIVILEGED
    ldmia   r0!, {r2, r4-r11, lr}
    msr     psp, r2
    msr     control, r3                 @ takes effect with the exception return
    tst     lr, #0x10
    beq     1f
    bx      lr
1:  vldmia  r0, {s16-s31}
    msr     control, r3                 @ FP instructions set CONTROL.FPCA; the return decides it
2:  bx      lr

refuse:
    movs    r2, #STOP_INTERRUPT
    str     r2, [r1, #STOP]
    str     r2, [r1, #TARGET]
    bx      lr
    .size arch_svc_handler, . - arch_svc_handler

handler arch_pendsv_handler
    ldr     r1, =arch_switch
    ldr     r0, [r1, #CURRENT]
    movs    r2, #STOP_INTERRUPT
    cmp     r0, #0
    bne     leave_process
    bx      lr
    .size arch_pendsv_handler, . - arch_pendsv_handler

/* Masks the interrupt, keeps it pending for the main loop, and asks for the kernel. */
handler arch_interrupt_handler
    mrs     r0, ipsr
    subs    r0, #16
    lsrs    r1, r0, #5
    and     r0, r0, #31
    movs    r2, #1
    lsls    r2, r0
    ldr     r3, =NVIC_ICER
    add     r3, r3, r1, lsl #2
    str     r2, [r3]
    str     r2, [r3, #NVIC_ISPR_FROM_ICER]
    ldr     r1, =arch_signals
    movs    r0, #1
    strb    r0, [r1, #SIGNAL_INTERRUPT]
    b       pend_kernel
    .size arch_interrupt_handler, . - arch_interrupt_handler

handler arch_systick_handler
    ldr     r1, =arch_signals
    movs    r0, #1
    strb    r0, [r1, #SIGNAL_SLICE_OVER]
pend_kernel:
    ldr     r1, =SCB_ICSR
    mov     r0, #ICSR_PENDSVSET
    str     r0, [r1]
    bx      lr
    .size arch_systick_handler, . - arch_systick_handler

/* HardFault, MemManage, BusFault, UsageFault, and what should never come (NMI, DebugMonitor). */
handler arch_fault_handler
    ldr     r1, =arch_switch
    ldr     r0, [r1, #CURRENT]
    cbz     r0, kernel_fault
    and     r2, lr, #0xC                @ bit 3: from thread mode, bit 2: on the process stack
    cmp     r2, #0xC
    bne     kernel_fault
    mrs     r2, ipsr
    str     r2, [r1, #FAULT]
    ldr     r3, =SCB_SHCSR
    ldr     r2, [r3]
    bic     r2, r2, #SHCSR_PENDED
    str     r2, [r3]
    ldr     r2, [r3, #16]               @ the addresses first: once CFSR is cleared they are unknown
    str     r2, [r1, #(FAULT + 12)]
    ldr     r2, [r3, #20]
    str     r2, [r1, #(FAULT + 16)]
    ldr     r2, [r3, #4]
    str     r2, [r3, #4]                @ sticky bits are cleared by writing them back
    str     r2, [r1, #(FAULT + 4)]
    ldr     r2, [r3, #8]
    str     r2, [r3, #8]
    str     r2, [r1, #(FAULT + 8)]
    movs    r2, #STOP_FAULT
    b       leave_process

/* In thread mode, on a stack that is there: a capsule may have trapped, and the kernel goes on where
 * that lands. */
kernel_fault:
    add     r0, lr, #7                  @ 0xFFFFFFF9: thread mode, main stack, basic frame
    cbnz    r0, kernel_is_lost
    mov     r0, sp
    ldr     r1, =kernel_stack_bottom
    subs    r2, r0, r1
    cmp     r2, #TRAP_STACK
    blt     kernel_is_lost
    push    {r4, lr}
    bl      arch_kernel_trapped
    pop     {r4, lr}
    cbz     r0, kernel_is_lost
    mov     sp, r0
    bx      lr

/* The kernel's stack lies at the bottom of RAM: when it overflowed, stacking failed below RAM and
 * the stack pointer must come back before anything else is done. */
kernel_is_lost:
    mov     r0, sp
    ldr     r1, =kernel_stack_bottom
    subs    r2, r0, r1
    cmp     r2, #REPORT_STACK           @ signed: less room than the report needs, or none
    itt     lt
    ldrlt   r1, =kernel_stack_top
    movlt   sp, r1
    lsrs    r2, r2, #31                 @ r2: 1 when the frame was lost below the stack
    tst     lr, #4
    it      ne
    mrsne   r0, psp
    mov     r1, lr
    push    {r4-r11}
    mov     r3, sp
    bl      arch_kernel_faulted         @ (frame, exc_return, lost, r4_to_r11), does not return
    .size arch_fault_handler, . - arch_fault_handler

/* void arch_mpu_load(const struct mpu_layout_region *regions): 8 x {RBAR, RASR}; RBAR carries the
 * region's number, so the four alias pairs take four regions at a time. Off meanwhile: between the
 * two words of a region its new address has the old size and rights, which might forbid the kernel
 * its own code. */
    .equ MPU_RBAR, 0xE000ED9C
    .equ MPU_CTRL_FROM_RBAR, -8
    .equ MPU_CTRL_ON, 5                 @ ENABLE, PRIVDEFENA
handler arch_mpu_load
    push    {r4-r9}
    ldr     r12, =MPU_RBAR
    mov     r9, #0
    str     r9, [r12, #MPU_CTRL_FROM_RBAR]
    ldmia   r0!, {r1-r8}
    stmia   r12, {r1-r8}
    ldmia   r0!, {r1-r8}
    stmia   r12, {r1-r8}
    mov     r9, #MPU_CTRL_ON
    str     r9, [r12, #MPU_CTRL_FROM_RBAR]
    pop     {r4-r9}
    dsb
    isb
    bx      lr
    .size arch_mpu_load, . - arch_mpu_load
