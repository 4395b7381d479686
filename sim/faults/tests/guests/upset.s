@ One of each kind of instruction that a skip could trip over, with an interrupt every 97 cycles.
@ RAM + 0x100 on: what it did. r0 to r12 at the end.
    .include "common.inc"
    .equ VALUES, RAM + 0x100

    vectors
    .org 0x100
    .word body, done, twice

reset:
    ldr r0, =0xE000ED88     @ CPACR: the FPU is on
    ldr r1, =0x00F00000
    str r1, [r0]
    ldr r0, =0xE000E014     @ SysTick: LOAD, VAL, CTRL
    movs r1, #96
    str r1, [r0]
    str r1, [r0, #4]
    movs r1, #7
    str r1, [r0, #-4]
    movs r0, #0
    movs r1, #1
    movs r2, #2
    movs r3, #3
    ldr r8, =VALUES
    mov r9, #0x900
    mov r10, #10
    mov r11, #11
    mov r12, #12
body:
    adds r0, r1
    add.w r4, r0, r2, lsl #3
    str r4, [r8]
    ldr r5, [r8]
    ldr.w r6, [r8, #0]
    cmp.w r0, #1 @ not a narrow one: that would fold the IT, and take no time
    itte eq
    addeq r2, #16
    strheq r2, [r8, #4]
    movwne r2, #77
    ite ne
    movwne r3, #0x1234
    addeq.w r3, r3, #0x100
    push {r0, r4, lr}
    bl double
    pop {r0, r4, lr}
    stmia r8!, {r1, r2, r3}
    ldmdb r8!, {r5, r6, r7}
    muls r5, r6
    udiv r6, r5, r2
    umull r6, r7, r5, r6
    svc #3
    mrs r7, CONTROL
    cpsid i
    strd r6, r7, [r8, #16]
    cpsie i
    movs r7, #3
again:
    ldrb r6, [r8, r7]
twice:
    adds r5, r6
    subs r7, #1
    bne again
    cbz r7, over
    movs r5, #0
over:
    tst r5, #1
    it ne
    bne.w odd
    adds r4, #4
odd:
    bfi r3, r4, #4, #8
    rev r3, r3
    vmov s0, r3
    vadd.f32 s1, s0, s0
    vmov r9, s1
    tbb [pc, r7]
table:
    .byte (case0 - table) / 2, (case1 - table) / 2
case0:
    adds r0, #100
case1:
    adds r0, #10
    b done

double:
    lsls r4, r4, #1
    str r4, [r8, #32]
    bx lr

svcall:
    mov r10, lr
    ldr r12, [sp, #8]
    adds r12, #5
    str r12, [sp, #8]
    ldr r12, [r8, #40]
    bx lr

systick:
    ldr r12, =RAM
    ldr r11, [r12, #64]
    add r11, #1
    str r11, [r12, #64]
    bx lr

    defaults
