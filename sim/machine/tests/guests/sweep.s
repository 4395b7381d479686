@ A routine with every kind of instruction, to be interrupted at each of its cycles. The test picks a
@ source of interrupts and its time by the words at PARAMETERS; the handler leaves at RECORD when it
@ began and where it came from.
    .include "common.inc"
    .equ PARAMETERS, RAM
    .equ RECORD, RAM + 0x40
    .equ DATA, RAM + 0x100
    .equ GPIO, 0x50000000
    .equ TIMER0, 0x40008000
    .equ TIMER1, 0x40009000
    .equ PPI, 0x4001F000

    .word RAM + 0x8000
    .word reset + 1
    .rept 13
    .word lost + 1
    .endr
    .word handler + 1       @ SysTick
    .rept 48
    .word handler + 1
    .endr

@ 0x100: where things are, for the test
    .word routine, routine_end, start_systick, start_timer, start_chain, asleep, asleep_end

reset:
    ldr r4, =PARAMETERS     @ +0 source, +4 its time, +8 NVIC_ISER, +12 CCR, +16 CPACR, +20 routine
    ldr r5, =SCS
    ldr r0, [r4, #8]
    str r0, [r5, #0x100]
    movs r0, #0x40          @ priorities of all that may come: BASEPRI can mask them
    strb r0, [r5, #0xD23]
    add r1, r5, #0x400
    strb r0, [r1, #8]
    strb r0, [r1, #10]
    strb r0, [r1, #20]
    ldr r0, [r4, #12]
    str r0, [r5, #0xD14]
    ldr r0, [r4, #16]
    str r0, [r5, #0xD88]
    ldr r11, =0xE0001000    @ DWT, here and in the handler
    ldr r0, =0xE000EDFC
    ldr r1, =0x01000000
    str r1, [r0]
    movs r1, #1
    str r1, [r11]
    ldr r0, [r4, #20]
    mov r12, r0
    ldr r1, [r4, #4]
    ldr r0, [r4]
    cmp r0, #1
    beq by_systick
    cmp r0, #2
    beq by_timer
    cmp r0, #3
    beq by_chain
    bx r12

by_systick:
    str r1, [r5, #0x14]     @ RVR
    str r1, [r5, #0x18]     @ CVR
    movs r1, #7
    ldr r2, =0xFFFFFF
    dsb
start_systick:
    str r1, [r5, #0x10]     @ CSR
    str r2, [r5, #0x14]     @ once: the next round is a long one
    bx r12

by_timer:
    ldr r2, =TIMER0
    movs r3, #3
    str r3, [r2, #0x508]    @ 32 bits
    movs r3, #0
    str r3, [r2, #0x510]    @ PRESCALER
    str r1, [r2, #0x540]    @ CC[0]
    ldr r3, =0x10000
    str r3, [r2, #0x304]    @ INTENSET
    movs r1, #1
    dsb
start_timer:
    str r1, [r2]
    bx r12

@ TIMER0 COMPARE -> PPI -> TIMER1 COUNT -> COMPARE -> PPI -> TIMER2 COUNT -> COMPARE -> interrupt
by_chain:
    ldr r2, =TIMER0
    ldr r3, =TIMER1
    movs r0, #3
    str r0, [r2, #0x508]
    movs r0, #0
    str r0, [r2, #0x510]
    str r1, [r2, #0x540]
    movs r0, #1             @ a counter up to 1
    str r0, [r3, #0x504]
    str r0, [r3, #0x540]
    str r0, [r3]
    ldr r6, =TIMER1 + 0x1000
    str r0, [r6, #0x504]
    str r0, [r6, #0x540]
    ldr r0, =0x10000
    str r0, [r6, #0x304]
    movs r0, #1
    str r0, [r6]
    ldr r6, =PPI
    ldr r0, =TIMER0 + 0x140
    str r0, [r6, #0x510]    @ CH[0].EEP
    ldr r0, =TIMER1 + 0x008
    str r0, [r6, #0x514]    @ CH[0].TEP
    ldr r0, =TIMER1 + 0x140
    str r0, [r6, #0x518]
    ldr r0, =TIMER1 + 0x1008
    str r0, [r6, #0x51C]
    movs r0, #3
    str r0, [r6, #0x504]    @ CHENSET
    movs r1, #1
    dsb
start_chain:
    str r1, [r2]
    bx r12
    .ltorg

@ It must not depend on time, nor use r11.
    .balign 4
routine:
    movs r7, #0
    ldr r10, =DATA
    ldr r9, =GPIO
    nop
    movs r0, #1             @ data processing, 16 and 32 bits
    movw r1, #0x1234
    movt r1, #0x8765
    add.w r2, r1, r0, lsl #3
    mul r3, r1, r2
    umull r4, r5, r1, r3
    smlabb r6, r1, r2, r3
    ldr r8, =0x12345678
    ssat r6, #9, r6
    str r1, [r10]           @ stores and loads
    strh r2, [r10, #6]
    strb r3, [r10, #9]
    str r4, [r10, #12]
    str r5, [r10, r0, lsl #3]
    ldr r0, [r10]
    ldr r2, [r10, #12]
    ldrb r3, [r10, #9]
    ldrsh r4, [r10, #6]
    ldr r5, [r10, #3]       @ not aligned
    str r5, [r10, #33]
    adds r7, r7, r5
    stmia r10!, {r0-r6}     @ several registers
    ldmdb r10!, {r0-r6}
    push {r0-r7, lr}
    pop {r0-r7, lr}
    strd r0, r1, [r10, #48]
    ldrd r2, r3, [r10, #48]
    ldr r2, [r10], #4       @ with write-back
    str r2, [r10, #60]!
    subs r10, #64
    movs r3, #7
    udiv r4, r1, r3         @ divisions
    sdiv r5, r1, r3
    udiv r6, r3, r1
    cmp r3, #7              @ branches
    bne 1f
    beq 1f
    nop
1:  movs r4, #5
2:  subs r4, #1
    bne 2b
    cbz r4, 3f
    nop
3:  bl leaf
    ldr r5, =leaf + 1
    blx r5
    bl pusher
    movs r5, #1
    tbb [pc, r5]
    .byte 1, 2
    nop
    nop
    cmp r3, #7              @ IT blocks
    ittte eq
    addeq r7, #1
    streq r7, [r10, #68]
    ldreq r6, [r10, #68]
    movne r6, #99
    it ne
    movne r7, #99
    itt eq
    ldmeq r10, {r0-r2}
    subeq r7, #1
    ldr r0, [r9, #0x510]    @ devices: GPIO IN, OUT, DIR; SCB CPUID
    str r3, [r9, #0x504]
    ldr r1, [r9, #0x504]
    ldrb r2, [r9, #0x505]
    ldr r5, =0xE000ED00
    ldr r5, [r5]
    add r8, r9, #0x504
    stmia r8, {r0, r1}
    vmov s0, r3             @ floating point
    vcvt.f32.s32 s0, s0
    vadd.f32 s1, s0, s0
    vmul.f32 s2, s1, s0
    vdiv.f32 s3, s2, s1
    vsqrt.f32 s4, s2
    vfma.f32 s4, s1, s2
    vstr s4, [r10, #80]
    vldr s5, [r10, #80]
    vpush {s0-s5}
    vpop {s6-s11}
    vcmp.f32 s4, s5
    vmrs APSR_nzcv, fpscr
    vmov r6, s11
4:  ldrex r0, [r10, #84]    @ exclusive accesses: again after an interrupt between them
    adds r0, #1
    strex r1, r0, [r10, #84]
    cmp r1, #0
    bne 4b
    mrs r0, psp             @ special registers
    msr psp, r10
    cpsid i
    adds r7, #1
    mul r2, r7, r7
    cpsie i
    adds r7, #1
    movs r0, #0x20
    msr basepri, r0
    isb
    adds r7, #1
    movs r0, #0
    msr basepri, r0
    adds r7, #1
    mrs r0, control
    dsb
    dmb
    sev
    yield
    nop
    nop
routine_end:
    b routine_end
    .ltorg

leaf:
    adds r7, #2
    bx lr
pusher:
    push {r4, lr}
    movs r4, #9
    add r7, r4
    pop {r4, pc}

@ Sleep, which the interrupt ends.
    .balign 4
asleep:
    nop
    movs r0, #3
    wfi
    nop
    nop
asleep_end:
    b asleep_end

    .balign 4
handler:
    ldr r0, [r11, #4]       @ CYCCNT
    ldr r1, =RECORD
    str r0, [r1]
    ldr r2, [sp, #24]
    str r2, [r1, #4]
    ldr r2, [sp, #28]
    str r2, [r1, #20]
    ldr r2, [r1, #8]
    adds r2, #1
    str r2, [r1, #8]
    ldr r2, [r1, #12]       @ acknowledges: from the test
    ldr r3, [r1, #16]
    str r3, [r2]
    dsb
    bx lr
    defaults
