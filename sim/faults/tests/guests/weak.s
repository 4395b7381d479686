@ A kernel with one app that may be given a window into memory below a limit, by region 2 of the
@ MPU: command 1 checks the address once, command 2 checks it twice. `weak` and `strong` are the
@ first checks.
    .include "common.inc"
    .equ MPU, 0xE000ED90
    .equ APP, 0x30000
    .equ APP_RAM, RAM + 0x4000
    .equ APP_RAM_BYTES, 0x2000
    .equ WINDOW_LIMIT, APP_RAM  @ the address must not be below
    .global weak, strong

    vectors

reset:
    ldr r0, =MPU
    ldr r1, =APP + 0x10         @ region 0: the app's 512 bytes of flash, to be read and run
    ldr r2, =0x06020011
    str r1, [r0, #0x0C]
    str r2, [r0, #0x10]
    ldr r1, =APP_RAM + 0x11     @ region 1: the app's part, 4 kB, not to be run
    ldr r2, =0x13000017
    str r1, [r0, #0x0C]
    str r2, [r0, #0x10]
    movs r1, #5
    str r1, [r0, #4]
    dsb
    isb
    ldr r4, =APP_RAM            @ the app's memory is zero
    ldr r5, =APP_RAM + 0x1000
    movs r6, #0
clear:
    str r6, [r4], #4
    cmp r4, r5
    bne clear
    subs r4, #32                @ an exception frame in front of its break
    msr psp, r4
    ldr r0, =APP
    ldrh r1, [r0, #2]
    add r0, r1                  @ the binary is behind the header
    ldr r1, =APP_RAM
    ldr r2, =APP_RAM_BYTES
    ldr r3, =APP_RAM + 0x1000   @ the break
    stmia r4!, {r0, r1, r2, r3}
    movs r1, #0
    movs r2, #0
    mov r3, r0
    stmia r4!, {r1, r2, r3}
    ldr r1, =0x01000000
    str r1, [r4]
    svc #0
    b .

svcall:
    tst lr, #4
    beq start
    mrs r0, psp
    ldr r1, [r0, #4]            @ which command
    ldr r2, [r0, #8]            @ the address
    ldr r3, =WINDOW_LIMIT
    cmp r1, #1
    bne twice
    cmp r2, r3
weak:
    blo refuse
    b open
twice:
    cmp r2, r3
strong:
    blo refuse
    cmp r2, r3
    blo refuse
open:
    ldr r3, =MPU
    bic r2, #0x1F
    orr r2, #0x12
    str r2, [r3, #0x0C]
    ldr r2, =0x13000009         @ 32 bytes
    str r2, [r3, #0x10]
    movs r1, #0x80
    str r1, [r0]
    bx lr
refuse:
    movs r1, #0
    str r1, [r0]
    movs r1, #6
    str r1, [r0, #4]
    bx lr
start:
    movs r0, #1
    msr control, r0
    isb
    mvn lr, #2
    bx lr

    defaults
