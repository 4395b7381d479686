    .include "common.inc"
    vectors
reset:
    ldr r0, =RAM
    movs r1, #42
    str r1, [r0]
    svc #7                  @ svcall stores 7 at RAM + 4
    ldr r2, =DEVICE
    ldr r3, [r2]            @ 0x100
    str r3, [r0, #8]
    ldr r3, [r2]            @ 0x101
    str r3, [r0, #12]
    @ SysTick: 1000 cycles, interrupt
    ldr r4, =SCS
    movw r5, #999
    str r5, [r4, #0x14]
    movs r5, #0
    str r5, [r4, #0x18]
    movs r5, #7
    str r5, [r4, #0x10]
1:  ldr r6, [r0, #16]       @ systick counts here
    cmp r6, #3
    blt 1b
    movs r5, #0
    str r5, [r4, #0x10]
    @ MPU: PRIVDEFENA, region 0 = 32 bytes at RAM + 0x100, no access. A store there faults.
    ldr r5, =0xE000ED90
    ldr r6, =RAM + 0x100
    str r6, [r5, #12]
    movs r6, #9             @ SIZE = 4, ENABLE, AP = 0
    str r6, [r5, #16]
    ldr r6, [r4, #0xD24]    @ MEMFAULTENA
    orr r6, #0x10000
    str r6, [r4, #0xD24]
    movs r6, #5
    str r6, [r5, #4]
    dsb
    isb
    ldr r7, =RAM + 0xF8
    movs r1, #1
    str r1, [r7]            @ allowed: same page, cut
    str r1, [r7, #0x28]     @ allowed: RAM + 0x120
refused:
    str r1, [r7, #0x14]     @ RAM + 0x10C: refused
    movs r1, #99
    str r1, [r0, #20]
    b done

svcall:
    ldr r0, [sp, #24]       @ stacked PC
    ldrb r0, [r0, #-2]      @ the SVC's number
    ldr r1, =RAM
    str r0, [r1, #4]
    bx lr

systick:
    ldr r1, =RAM
    ldr r0, [r1, #16]
    adds r0, #1
    str r0, [r1, #16]
    bx lr

memmanage:
    ldr r0, [sp, #24]       @ skip the refused store (2 bytes)
    adds r0, #2
    str r0, [sp, #24]
    ldr r1, =RAM
    ldr r2, =SCS
    ldr r0, [r2, #0xD28]    @ CFSR
    str r0, [r1, #24]
    ldr r0, [r2, #0xD34]    @ MMFAR
    str r0, [r1, #28]
    bx lr
    defaults
