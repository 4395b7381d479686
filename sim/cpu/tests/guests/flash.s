@ Flash wait states: code on and across lines of 16 bytes, literals, the cache switched on and off.
    .include "common.inc"
    vectors
    cases kernels, switching
    .equ CACHE, 0x18        @ the device's register that switches the cache

    .macro counter_on
    ldr r0, =0xE000EDFC
    ldr r1, =0x01000000
    str r1, [r0]
    ldr r0, =0xE0001000
    movs r1, #1
    str r1, [r0]
    .endm

    .macro measure reg
    nop
    ldr r3, [r0, #4]
    nop
    subs \reg, r3, r2
    .endm

@ 0: r5 32 nops that enter four lines; r6 a literal; r7 ten rounds within a line; r8 ten rounds
@ over the edge of one
kernels:
    counter_on
    b 1f
    .balign 16
1:  nop                     @ the counter's reads lie in the line before and after
    nop
    nop
    nop
    nop
    nop
    ldr r2, [r0, #4]
    nop
    .rept 32
    nop
    .endr
    measure r5
    b 1f
    .balign 16
1:  nop
    ldr r2, [r0, #4]
    nop
    ldr.n r4, literal
    measure r6
    b 1f
    .balign 4
literal:
    .word 1
    .balign 16
1:  movs r4, #10
    nop
    ldr r2, [r0, #4]
    nop
2:  subs r4, #1             @ offset 8
    bne 2b
    measure r7
    b 1f
    .balign 16
1:  movs r4, #10
    nop
    nop
    ldr r2, [r0, #4]
    nop
    nop
2:  nop                     @ offset 12
    nop
    subs r4, #1
    bne 2b
    measure r8
    b done

@ 1: the cache is switched in the middle of a block, three times; r5, r6: 16 nops on, off
switching:
    counter_on
    ldr r10, =DEVICE
    movs r4, #1
    movs r9, #0
    b 1f
    .balign 16
1:  str.w r4, [r10, #CACHE] @ on
    ldr r2, [r0, #4]
    nop
    .rept 16
    nop
    .endr
    measure r5
    str.w r9, [r10, #CACHE] @ off
    ldr r2, [r0, #4]
    nop
    .rept 16
    nop
    .endr
    measure r6
    str.w r4, [r10, #CACHE]
    nop
    nop
    str.w r9, [r10, #CACHE]
    nop
    b done
    defaults
