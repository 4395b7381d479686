    .include "common.inc"
    vectors
    .equ SEEN, RAM + 0x100
    .equ DELAY, RAM
    cases unstacking, lockup, ignored, ignored_masked, pendings, exclusive, nmi_first

@ 0: PendSV's handler schedules interrupt 0 just before it returns
unstacking:
    ldr r0, =SCS
    movs r1, #1
    str r1, [r0, #0x100]
    ldr r0, =0xE000ED04
    mov r1, #0x10000000
    movs r4, #4
    str r1, [r0]
    .rept 30
    nop
    .endr
    b done
pendsv:
    ldr r0, =DEVICE
    ldr r1, =DELAY
    ldr r1, [r1]
    cbz r1, 1f
    str r1, [r0, #4]
1:  bx lr
irq0:
    ldr r0, =DEVICE
    str lr, [r0, #0x20]
    mov r0, sp
    ldr r1, =SEEN
    str r0, [r1]
    bx lr

@ 1: lockup in the HardFault handler; the NMI that the test makes pending returns to it
lockup:
    udf #0
hardfault:
    ldr r0, =DEVICE
    str r0, [r0, #0x20]
    ldr r1, [r0, #0x14]         @ nothing answers
    str r1, [r0, #0x24]
    str r1, [r0, #0x14]
    ldr r0, =0xE000ED28
    ldr r2, [r0]
    ldr r3, [r0, #16]
    ldr r0, =SEEN
    str r1, [r0, #4]
    str r2, [r0, #8]
    str r3, [r0, #12]
    cmp r6, #1
    beq done
    bx lr
nmi:
    ldr r1, =SEEN
    ldr r0, [sp, #24]
    str r0, [r1, #16]
    bx lr

@ 2: CCR.BFHFNMIGN in HardFault: a load that nothing answers gives 0, its status is there
ignored:
    ldr r0, =0xE000ED14
    mov r1, #0x300
    str r1, [r0]
    movs r6, #1
    udf #0

@ 3: the same with FAULTMASK, and without again
ignored_masked:
    ldr r0, =0xE000ED14
    mov r1, #0x300
    str r1, [r0]
    ldr r0, =DEVICE
    movs r5, #9
    cpsid f
    ldr r5, [r0, #0x14]
    ldr r4, [r0, #0x14]
    cpsie f
    movs r6, #1
    ldr r7, [r0, #0x14]         @ HardFault, which ends
    b .

@ 4: ICSR.VECTPENDING as BASEPRI changes
pendings:
    ldr r0, =SCS
    ldr r2, =0xE000E400
    movs r1, #0x40
    strb r1, [r2]
    movs r1, #0x20
    cpsid i
    movs r3, #1
    str r3, [r0, #0x100]
    str r3, [r0, #0x200]
    ldr r0, =0xE000ED04
    ldr r4, [r0]
    msr basepri, r1
    ldr r5, [r0]
    movs r1, #0x60
    msr basepri, r1
    ldr r6, [r0]
    cpsid f
    ldr r7, [r0]
    b done

@ 5: an exception opens the exclusive monitor, at entry and at return
exclusive:
    ldr r0, =SCS
    movs r1, #1
    str r1, [r0, #0x100]
    ldr r0, =RAM + 0x200
    ldr r2, =DEVICE
    movs r3, #4
    ldrex r1, [r0]
    strex r4, r3, [r0]          @ 0
    ldrex r1, [r0]
    svc #0
    strex r5, r3, [r0]          @ 1
    ldrex r1, [r0]
    str r3, [r2, #4]            @ an interrupt in 4 cycles
    nop
    nop
    nop
    nop
    nop
    nop
    ldr r0, =RAM + 0x200
    strex r6, r3, [r0]          @ 1
    svc #1
    strex r7, r3, [r0]          @ 1: the handler's own does not outlive it
    b done
svcall:
    ldr r0, =RAM + 0x200
    ldrex r1, [r0]
    bx lr

@ 6: NMI and PendSV at once
nmi_first:
    ldr r0, =SCS
    movs r1, #1
    str r1, [r0, #0x100]
    ldr r2, =0xE000ED04
    mov r3, #0x90000000
    movs r1, #0
    ldr r4, =DELAY
    str r1, [r4]
    str r3, [r2]
    nop
    b done
    defaults
