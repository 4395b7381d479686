@ Handlers for test_fast_against_steps.c, which writes the code between them. A fault goes on at the
@ next 64-byte chunk; an SVC rewrites one MPU region and changes the privilege; an interrupt counts.
    .include "common.inc"
    .equ COUNT, 0x20005000
    .org 0
    .word 0x20008000, 0x401
    .word fault, fault, fault, fault, fault, fault, fault, fault, fault
    .word svc, fault, fault, interrupt, interrupt
    .rept 48
    .word interrupt
    .endr

    .org 0x200
    .thumb_func
fault:
    tst lr, #4
    ite eq
    mrseq r0, msp
    mrsne r0, psp
    ldr r1, [r0, #24]
    adds r1, #64
    bic r1, #63
    ubfx r2, r1, #0, #10
    cmp r2, #0x300          @ after the last one the first
    it hs
    bichs r1, #0x3C0
    str r1, [r0, #24]
    mov r2, #0x01000000
    str r2, [r0, #28]
    movs r2, #0
    msr faultmask, r2
    bx lr

    .thumb_func
svc:
    ldr r0, =COUNT
    ldr r1, [r0, #4]
    adds r1, #1
    str r1, [r0, #4]
    and r2, r1, #31
    ldr r0, =0xE00          @ 32 pairs of RBAR and RASR
    add r0, r0, r2, lsl #3
    ldrd r2, r3, [r0]
    ldr r0, =0xE000ED9C
    stm r0, {r2, r3}
    dsb
    isb
    tst r1, #3
    bne 1f
    mrs r2, control
    eor r2, #1
    msr control, r2
    isb
1:  bx lr

    .thumb_func
interrupt:
    ldr r0, =COUNT
    ldr r1, [r0]
    adds r1, #1
    str r1, [r0]
    tst r1, #3
    bne 1f
    vmov s2, r1
    vadd.f32 s3, s3, s2
1:  ldrex r2, [r0]
    strex r3, r1, [r0]
    bx lr
    .ltorg
