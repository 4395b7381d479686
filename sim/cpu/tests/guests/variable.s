@ Instructions whose time only the run tells: divisions, long instructions inside IT blocks.
    .include "common.inc"
    vectors
    cases divide, conditions, sled, soak, many
    .equ OPERANDS, RAM + 0x100

    .macro counter_on
    ldr r0, =0xE000EDFC
    ldr r1, =0x01000000
    str r1, [r0]
    ldr r0, =0xE0001000
    movs r1, #1
    str r1, [r0]
    .endm

@ 0: RAM holds a count; OPERANDS holds triples of dividend, divisor and, from the guest, the time of
@ UDIV | the time of SDIV << 16, each with 4 cycles around it
divide:
    counter_on
    ldr r1, =RAM
    ldr r1, [r1]
    ldr r9, =OPERANDS
1:  ldrd r4, r5, [r9]
    ldr r2, [r0, #4]
    nop
    udiv r6, r4, r5
    nop
    ldr r3, [r0, #4]
    nop
    subs r7, r3, r2
    ldr r2, [r0, #4]
    nop
    sdiv r6, r4, r5
    nop
    ldr r3, [r0, #4]
    nop
    subs r3, r2
    orr r7, r7, r3, lsl #16
    str r7, [r9, #8]
    add r9, #12
    subs r1, #1
    bne 1b
    b done

@ 1: r5, r6, r7: the same code with the condition true, false, true
conditions:
    counter_on
    ldr r8, =RAM + 0x200
    movs r1, #0
    movs r4, #3
    .balign 4               @ 32-bit instructions on word boundaries
1:  mov r10, r8
    nop
    movw r11, #1000
    movs r12, #1
    ldr r2, [r0, #4]
    nop
    cmp r1, #0
    itte eq
    ldmeq r10!, {r3, r4}
    udiveq r3, r11, r12
    udivne r3, r12, r11
    cmp r1, #0
    beq 2f
    nop
2:  ldr r3, [r0, #4]
    nop
    subs r3, r2
    mov r5, r6
    mov r6, r7
    mov r7, r3
    eors r1, #1
    adds r9, #1
    cmp r9, #3
    bne 1b
    b done

@ 2: r1 cycles after the store an event pulses interrupt 0
sled:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    ldr r4, =RAM
    ldr r1, [r4]
    movs r2, #1
    movw r3, #0xFFFF
    mvn r4, #0
    movs r5, #0
    movs r7, #0             @ the first round learns the code, the second is measured
    .balign 4
1:  cmp r7, #0
    it ne
    strne r1, [r0, #4]
sled_start:
    nop
    udiv r6, r4, r2         @ 12
    udiv r6, r5, r2         @ 2
    udiv r6, r2, r3         @ 3
    sdiv r6, r4, r2         @ -1 / 1: 5
    udiv r6, r3, r2         @ 16 bits by 1: 5 + 15 / 4
    nop
    cmp r5, #0
    it eq
    udiveq r6, r4, r3       @ 5 + 16 / 4
    nop
    adds r7, #1
    cmp r7, #2
    bne 1b
    .rept 40
    nop
    .endr
    b done

@ 3: a long loop over many operands; r1 cycles after the start an event
soak:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    ldr r4, =RAM
    ldr r1, [r4]
    ldr r5, [r4, #12]       @ rounds
    add r10, r4, #0x200
    ldr r6, =0x9E3779B9
    movs r7, #1
    str r1, [r0, #4]
1:  mul r7, r7, r6
    adds r7, #77
    lsr r8, r7, #9
    ror r3, r7, r5
    orr r3, r3, #1
    udiv r8, r7, r8
    add r9, r8
    lsrs r3, r5
    orr r3, r3, #1
    sdiv r8, r7, r3
    add r9, r8
    tst r7, #8
    ittet ne
    ldmiane r10, {r1, r2, r8}
    addne r9, r8
    sdiveq r9, r9, r7
    udivne r8, r7, r3
    add r9, r8
    bl 3f
    subs r5, #1
    bne 1b
    b done
3:  push {r4, lr}
    tst r7, #4
    it eq
    popeq {r4, pc}
    adds r9, #3
    pop {r4, pc}

@ 4: more divisions than the fast engine calls for
many:
    ldr r4, =RAM
    ldr r5, [r4, #12]
    movs r7, #1
1:  .rept 100
    adds r7, #13
    udiv r6, r7, r5
    add r9, r6
    .endr
    b 2f
    .ltorg
2:  subs r5, #1
    beq 3f
    b.w 1b
3:  b done

irq0:
    ldr r3, =RAM
    ldr r2, [sp, #24]
    str r2, [r3, #4]
    ldr r2, [r3, #8]
    adds r2, #1
    str r2, [r3, #8]
    ldr r0, =DEVICE
    movs r2, #1
    lsls r2, #31
    str r2, [r0, #0x10]     @ lower the line
    bx lr
    defaults
