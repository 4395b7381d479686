@ Device accesses of every width and kind at every position of a block, and loops that poll.
    .include "common.inc"
    .equ GPIO, 0x50000504   @ OUT; OUTSET +4, OUTCLR +8, IN +12
    .equ TIMER0, 0x40008000
    .equ VALUES, RAM + 0x100

    .word RAM + 0x8000
    .word reset + 1
    .rept 62
    .word lost + 1
    .endr

@ 0x100: where things are, for the test
    .word blocks, blocks_end, start_timer, poll_timer, poll_pin, poll_cyccnt, polled

@ RAM + 0: which part (its address); RAM + 4: TIMER0's CC[0], or what CYCCNT is polled for
reset:
    ldr r8, =RAM
    ldr r12, [r8]
    ldr r7, [r8, #4]
    ldr r9, =GPIO
    ldr r10, =VALUES
    ldr r11, =0xE0001000
    ldr r0, =0xE000EDFC
    ldr r1, =0x01000000
    str r1, [r0]
    movs r1, #1
    str r1, [r11]           @ CYCCNT runs
    mvn r0, #0
    str r0, [r9, #16]       @ DIR: all outputs, but for button 0
    ldr r4, =TIMER0
    movs r0, #3
    str r0, [r4, #0x508]
    movs r0, #0
    str r0, [r4, #0x510]
    str r7, [r4, #0x540]
    ldr r0, =0xC            @ P0.13: input with pull-up
    ldr r2, =0x50000734
    str r0, [r2]
    movs r6, #100
    movs r5, #7
    movs r1, #1
start_timer:
    str r1, [r4]
    bx r12
    .ltorg

    .macro fillers count
    .set i, 0
    .rept \count
    .if i % 5 == 0
    nop
    .elseif i % 5 == 1
    ldr r3, [r8]
    .elseif i % 5 == 2
    mul r3, r6, r5
    .elseif i % 5 == 3
    udiv r3, r6, r5
    .else
    add.w r3, r3, r5
    .endif
    .set i, i + 1
    .endr
    .endm

    .macro access kind
    .if \kind == 0
    str r1, [r9, #4]        @ OUTSET
    str r1, [r9, #8]        @ OUTCLR
    .elseif \kind == 1
    strb r1, [r9, #4]
    strb r1, [r9, #8]
    .elseif \kind == 2
    strh r1, [r9, #4]
    strh.w r1, [r9, #8]
    .elseif \kind == 3
    ldr r0, [r9, #12]
    .elseif \kind == 4
    ldrb r0, [r9, #13]
    ldrsb r0, [r9, r5, lsl #1]
    .elseif \kind == 5
    ldrh r0, [r9, #14]
    .elseif \kind == 6
    ldr r0, [r11, #4]       @ CYCCNT
    ldr r2, [r11, #4]
    str r0, [r10], #4
    str r2, [r10], #4
    .elseif \kind == 7
    add r2, r9, #4
    stmia r2, {r1, r6}
    .elseif \kind == 8
    str r1, [r4, #0x44]     @ CAPTURE[1]
    ldr r0, [r4, #0x544]
    str r0, [r10], #4
    .elseif \kind == 9
    add r2, r9, #8
    ldmia r2, {r0, r2, r3}
    .elseif \kind == 10
    strd r1, r6, [r9, #4]
    .elseif \kind == 11
    ldrd r2, r3, [r11]      @ CTRL, CYCCNT
    str r3, [r10], #4
    .elseif \kind == 12
    ldr r0, [r11, #4]!      @ write-back
    sub r11, #4
    str r0, [r10], #4
    .elseif \kind == 13
    bl edge
    cbz r1, 2f
    str r1, [r9, #8]
2:
    .else
    cmp r5, #7
    itett eq
    streq r1, [r9, #4]
    strne r1, [r9, #4]
    ldreq r0, [r11, #4]
    streq r1, [r9, #8]
    str r0, [r10], #4
    .endif
    .endm

    .balign 4
blocks:
    nop
    .irp position, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    .irp kind, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
    b 1f
    nop
1:  fillers \position
    access \kind
    .endr
    .endr
blocks_end:
    b blocks_end

edge:
    str r1, [r9, #4]
    bx lr

    .balign 4
poll_timer:
1:  ldr r0, [r4, #0x140]
    cmp r0, #0
    beq 1b
    b seen
    .balign 4
poll_pin:
1:  ldrh r0, [r9, #12]
    tst r0, #0x2000
    bne 1b
    b seen
    .balign 4
poll_cyccnt:
1:  ldr r0, [r11, #4]
    cmp r0, r7
    blt 1b
seen:
    ldr r0, [r11, #4]
polled:
    b polled
    defaults
