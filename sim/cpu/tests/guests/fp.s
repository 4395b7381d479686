    .include "common.inc"
    vectors
    .equ FPCCR, 0xE000EF34
    cases context, it_skip, aspen_off, new_context, interrupted, sum, sum_masked, mask_write, undefined, undefined_2

@ What handlers see: FPCCR, FPCAR, lr, then FPCCR, CONTROL and FPSCR after an FP instruction.
    .equ SEEN, RAM + 0x100
    .equ WANTS_FP, RAM          @ not 0: the handler of SVC uses FP
    .equ DELAY, RAM + 4
    .equ AFTER, RAM + 0x200     @ s0-s16 and FPSCR in the end

open_fp:
    ldr r0, =0xE000ED88
    mov r1, #0xF00000
    str r1, [r0]
    dsb
    isb
    bx lr

fill:
    ldr r0, =values
    vldm r0, {s0-s16}
    ldr r0, =0x90000010
    vmsr fpscr, r0
    bx lr
    .balign 4
values:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    .word 0x3F800000 + \n
    .endr

leave_after:
    ldr r0, =AFTER
    vstm r0, {s0-s16}
    vmrs r1, fpscr
    str r1, [r0, #68]
    mrs r2, control
    str r2, [r0, #72]
    b done

@ 0: a context, an SVC whose handler uses FP or not
context:
    bl open_fp
    ldr r0, =FPCCR
    ldr r1, =0x03000000
    str r1, [r0, #8]            @ FPDSCR
    bl fill
    svc #0
    b leave_after

svcall:
    ldr r0, =SEEN
    ldr r1, =FPCCR
    ldr r2, [r1]
    str r2, [r0]
    ldr r2, [r1, #4]
    str r2, [r0, #4]
    str lr, [r0, #8]
    ldr r2, =WANTS_FP
    ldr r2, [r2]
    cbz r2, 1f
    ldr r3, =DEVICE
    ldr r2, =DELAY
    ldr r2, [r2]
    str r2, [r3, #4]            @ the event
    .global svc_fp
svc_fp:
    vmov.f32 s0, #8.0
    str r2, [r3]                @ the time
    ldr r2, [r1]
    str r2, [r0, #12]
    mrs r2, control
    str r2, [r0, #16]
    vmrs r2, fpscr
    str r2, [r0, #20]
1:  bx lr

@ the interrupt: its return address, FPCCR
irq0:
    ldr r0, =DEVICE
    str r0, [r0, #0x20]
    ldr r1, [sp, #24]
    ldr r2, =SEEN
    str r1, [r2, #32]
    ldr r1, =FPCCR
    ldr r1, [r1]
    str r1, [r2, #36]
    bx lr

@ 1: an instruction that is skipped begins no context, the one behind the IT block does
it_skip:
    bl open_fp
    movs r0, #0
    cmp r0, #1
    ite eq
    vmoveq.f32 s0, #1.0
    movne r4, #7
    mrs r5, control
    cmp r0, #1
    it eq
    vmoveq.f32 s0, #1.0
    vmov.f32 s1, #2.0
    mrs r6, control
    msr control, r0
    cmp r0, #0
    itt eq
    moveq r8, #1
    vmoveq.f32 s2, #4.0
    mrs r7, control
    b done

@ 2: without ASPEN only software sets and clears CONTROL.FPCA
aspen_off:
    bl open_fp
    bl fill
    ldr r0, =FPCCR
    ldr r1, =0x40000000
    str r1, [r0]
    vmov.f32 s1, #2.0
    mrs r4, control             @ 4: from before
    movs r1, #0
    msr control, r1
    vmov.f32 s1, #2.0
    mrs r5, control             @ 0
    movs r0, #1
    cmp r0, #0
    itt ne
    mrsne r6, control           @ 0
    vmovne.f32 s2, #2.0
    vmrs r7, fpscr              @ as `fill` left it
    movs r1, #4
    msr control, r1
    mrs r8, control             @ 4
    svc #0                      @ an extended frame
    mrs r9, control             @ 4
    ldr r0, =FPCCR
    ldr r1, =0xC0000000
    movs r2, #0
    msr control, r2
    str r1, [r0]                @ ASPEN again
    mrs r10, control            @ 0
    vmov.f32 s1, #2.0
    mrs r11, control            @ 4
    b done

@ 3: thread code throws its context away
new_context:
    bl open_fp
    ldr r0, =FPCCR
    ldr r1, =0x07C00000
    str r1, [r0, #8]
    bl fill
    movs r0, #0
    msr control, r0
    vmov.f32 s0, #1.0
    vmrs r5, fpscr
    mrs r6, control
    b done

@ 4: an interrupt r1 cycles after a store, around the deferred store of the SVC handler
interrupted:
    bl open_fp
    ldr r0, =SCS
    movs r1, #1
    str r1, [r0, #0x100]
    ldr r1, =0x80000000         @ SVC below the interrupt
    ldr r0, =0xE000ED1C
    str r1, [r0]
    bl fill
    svc #0
    b leave_after

@ 5, 6: a sum with SysTick in between, whose handler uses FP; and without
sum:
    movs r5, #7
    b 1f
sum_masked:
    movs r5, #0
1:  bl open_fp
    ldr r0, =SCS
    movs r1, #150
    str r1, [r0, #0x14]
    str r5, [r0, #0x10]
    ldr r6, =1000
    vmov.f32 s0, #1.0
    vmov.f32 s1, #1.0
2:  vmul.f32 s2, s0, s1
    vadd.f32 s0, s2, s1
    cmp r6, #500
    it gt
    vaddgt.f32 s0, s0, s1
    subs r6, #1
    bne 2b
    ldr r0, =SCS
    str r6, [r0, #0x10]
    vmov r7, s0
    b done
systick:
    vmov.f32 s0, #4.0
    vadd.f32 s2, s0, s0
    vadd.f32 s1, s2, s0
    ldr r0, =SEEN
    ldr r1, [r0]
    adds r1, #1
    str r1, [r0]
    bx lr

@ 7: writes to FPCCR take effect on the next instruction
mask_write:
    bl open_fp
    bl fill
    ldr r0, =FPCCR
    ldr r1, =RAM + 0x400
    ldr r2, =0xC0000001
    str r1, [r0, #4]
    str r2, [r0]
    vmov.f32 s0, #8.0           @ stores s0-s15 at RAM + 0x400
    ldr r3, [r0]
    b done

@ 8, 9: what the unit does not have begins no context
undefined:
    bl open_fp
    .short 0xEE30, 0x0B00       @ vadd.f64 d0, d0, d0
undefined_2:
    bl open_fp
    .short 0xFE30, 0x0A00
hardfault:
    ldr r0, =SEEN
    str lr, [r0]
    b done
    defaults
