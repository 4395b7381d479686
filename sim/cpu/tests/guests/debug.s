    .include "common.inc"
    .word RAM + 0x8000
    .word reset + 1
    .word lost + 1
    .word hardfault + 1
    .rept 7
    .word lost + 1
    .endr
    .word svcall + 1
    .word monitor + 1
    .word lost + 1
    .word lost + 1
    .word lost + 1
    .word irq0 + 1
    .rept 47
    .word lost + 1
    .endr
    cases watch, code, cycles, fpb, step, masked, device

@ The monitor counts its entries and leaves for each: the return address, DFSR, FUNCTION0.
    .equ SEEN, RAM + 0x100      @ the count, then 16 bytes for each entry
    .equ DATA, RAM + 0x1000
    .equ DWT, 0xE0001000
    .equ DEMCR, 0xE000EDFC
    .equ DFSR, 0xE000ED30

monitor:
    ldr r0, =SEEN
    ldr r1, [r0]
    adds r1, #1
    str r1, [r0]
    add r0, r0, r1, lsl #4
    ldr r1, [sp, #24]
    str r1, [r0]
    ldr r2, =DFSR
    ldr r1, [r2]
    str r1, [r2]
    str r1, [r0, #4]
    ldr r2, =DWT
    ldr r1, [r2, #0x28]
    str r1, [r0, #8]
    cmp r10, #1
    bne 1f
    ldr r2, =0xE0002000         @ no breakpoint any more
    movs r1, #2
    str r1, [r2]
1:  cmp r11, #0
    beq 2f
    subs r11, #1                @ so many steps more
    bne 2f
    ldr r2, =DEMCR
    ldr r1, =0x01010000
    str r1, [r2]
2:  bx lr

hardfault:
    ldr r0, =SEEN
    ldr r1, [sp, #24]
    str r1, [r0, #4]
    ldr r2, =0xE000ED2C
    ldr r1, [r2]
    str r1, [r0, #8]
    b done

open_monitor:
    ldr r0, =DEMCR
    ldr r1, =0x01010000         @ TRCENA, MON_EN
    str r1, [r0]
    ldr r0, =DWT
    ldr r7, =DATA
    bx lr

@ 0: comparators 0 and 1 watch writes of DATA + 4 and reads of 16 bytes from DATA + 32
watch:
    bl open_monitor
    add r1, r7, #4
    str r1, [r0, #0x20]
    movs r1, #2
    str r1, [r0, #0x24]
    movs r1, #6
    str r1, [r0, #0x28]
    add r1, r7, #36
    str r1, [r0, #0x30]
    movs r1, #4
    str r1, [r0, #0x34]
    movs r1, #5
    str r1, [r0, #0x38]
    movs r5, #1
    str r5, [r7]
    ldr r6, [r7, #4]
    .global w1
w1: strb r5, [r7, #6]
    adds r5, #1
    .global w2
w2: stm r7, {r4-r6}
    adds r5, #1
    str r5, [r7, #40]
    .global w3
w3: ldrh r6, [r7, #46]
    adds r5, #1
    ldr r6, [r7, #48]
    cmp r5, #4
    itt eq
    .global w4
w4: streq r5, [r7, #4]
    addeq r5, #1
    nop
    ldr r8, [r0, #0x28]         @ MATCHED has been cleared by the monitor's read
    ldr r9, [r0, #0x38]         @ that of comparator 1 has not
    ldr r12, [r0, #0x38]
    b done

@ 1: an instruction address
code:
    bl open_monitor
    adr r1, c1
    str r1, [r0, #0x20]
    movs r1, #4
    str r1, [r0, #0x28]
    movs r5, #3
    .balign 4
2:  nop
    nop
    .global c1
c1: subs r5, #1
    bne 2b
    b done
    .balign 4

@ 2: CYCCNT
cycles:
    bl open_monitor
    movs r1, #200
    str r1, [r0, #0x20]
    movs r1, #0x84
    str r1, [r0, #0x28]
    movs r1, #0
    str r1, [r0, #4]
    movs r1, #1
    str r1, [r0]
    .global cycle_sled
cycle_sled:
    .rept 250
    adds r5, #1
    .endr
    b done

@ 3: breakpoints of the FPB
fpb:
    bl open_monitor
    movs r10, #1
    ldr r0, =0xE0002000
    ldr r1, [r0]
    mov r9, r1
    adr r1, f1
    bic r2, r1, #3
    ands r1, #2
    ite eq
    orreq r2, #0x40000000
    orrne r2, #0x80000000
    orr r2, #1
    str r2, [r0, #8]
    movs r1, #1
    str r1, [r0]                @ without its key
    ldr r8, [r0]
    movs r1, #3
    str r1, [r0]
    nop
    .balign 4
    nop
    .global f1
f1: adds r5, #1
    nop
    b done
    .balign 4

@ 4: DEMCR.MON_STEP, four instructions
step:
    movs r11, #5
    ldr r0, =0xE000ED1C         @ SVC below the monitor
    mov r1, #0x40000000
    str r1, [r0]
    ldr r0, =DEMCR
    ldr r1, =0x01050000
    cmp r0, r0
    str r1, [r0]
    .global s1
s1: adds r5, #1
    ite eq
    addeq r5, #1
    addne r5, #1
    svc #0
    adds r5, #1
    adds r5, #1
    b done
svcall:
    adds r6, #1
    bx lr

@ 5: the monitor may not preempt: the event is ignored, a BKPT is a HardFault
masked:
    bl open_monitor
    ldr r1, =DATA
    str r1, [r0, #0x20]
    movs r1, #7
    str r1, [r0, #0x28]
    cpsid i
    str r7, [r7]
    ldr r8, [r0, #0x28]
    ldr r2, =DFSR
    ldr r9, [r2]
    .global m1
m1: bkpt #1

@ 6: accesses to a device
device:
    bl open_monitor
    ldr r1, =DEVICE + 0x20
    str r1, [r0, #0x20]
    movs r1, #7
    str r1, [r0, #0x28]
    ldr r7, =DEVICE
    str r5, [r7, #0x24]
    str r5, [r7, #0x20]
    adds r5, #1
    ldr r6, [r7, #0x20]
    adds r5, #1
    b done
irq0:
    bx lr
    defaults
