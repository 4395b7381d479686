    .include "common.inc"
    vectors
    cases event_sled, cyccnt, device_in_it, stm_device, ldm_device, unmask, unmask_basepri, sleep, stall, wfe_event, sled_it, loop_events

@ 0: r1 cycles after the store an event pulses interrupt 0; the sled shows where it is taken.
event_sled:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]    @ enable irq0, irq1
    ldr r4, =RAM
    ldr r1, [r4]            @ the delay, from the test
    nop
    str r1, [r0, #4]
    .global sled
sled:
    .rept 40
    adds r7, #1
    .endr
    b done

@ 1: differences of CYCCNT
cyccnt:
    ldr r0, =0xE000EDFC
    ldr r1, =0x01000000
    str r1, [r0]
    ldr r0, =0xE0001000
    movs r1, #1
    str r1, [r0]
    nop
    ldr r2, [r0, #4]
    .rept 10
    nop
    .endr
    ldr r3, [r0, #4]
    nop
    ldr r4, [r0, #4]
    nop
    subs r5, r3, r2         @ 12: a load of 2 and ten
    subs r6, r4, r3         @ 3
    movs r7, #100
1:  subs r7, #1             @ loops: 99 * (1 + 2) + 1 + 1
    bne 1b
    ldr r7, [r0, #4]
    subs r7, r7, r4
    b done

@ 2: a store that pends an interrupt inside an IT block: the block completes, the interrupt comes
@ after it, nothing runs twice
device_in_it:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    movs r3, #0
    movs r4, #0
    movs r5, #0
    movs r6, #0
    cmp r3, #0
    ittte eq
    addeq r4, #1
    streq r3, [r0, #0x10]   @ raise irq0
    addeq r5, #1
    addne r6, #1
    adds r7, #1
    adds r7, #1
    b done

@ 3: two device stores of one instruction, the first of which ends the run
stm_device:
    ldr r0, =DEVICE + 0x10
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    movs r1, #0             @ raise irq0
    subs r0, #4
    movs r2, #0             @ then a stall of r1, a pend of r2
    movs r1, #5
    stmia r0!, {r1, r2}
    adds r7, #1
    b done

@ 4: reads of registers with side effects; the event is due before the block ends
ldm_device:
    ldr r0, =DEVICE
    movs r1, #2
    str r1, [r0, #4]
    ldmia r0, {r1, r2, r3}
    ldr r4, [r0]
    ldr r5, [r0]
    .rept 8
    adds r7, #1
    .endr
    b done

@ 5: pend with PRIMASK set; taken right after cpsie
unmask:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    cpsid i
    movs r3, #0
    str r3, [r0, #0x10]
    adds r7, #1
    adds r7, #1
    cpsie i
    .global after_unmask
after_unmask:
    adds r7, #1
    adds r7, #1
    b done

@ 6: the same with BASEPRI
unmask_basepri:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    movs r3, #0x40
    strb r3, [r2, #0x400]   @ IPR0
    msr basepri, r3
    isb
    movs r3, #0
    str r3, [r0, #0x10]
    adds r7, #1
    adds r7, #1
    msr basepri, r3
after_basepri:
    adds r7, #1
    adds r7, #1
    b done

@ 7: WFI until an event 1000 cycles away
sleep:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    movw r1, #1000
    str r1, [r0, #4]
    wfi
    adds r7, #1
    b done

@ 8: a device holds the CPU
stall:
    ldr r0, =DEVICE
    movw r1, #500
    ldr r2, [r0]
    str r1, [r0, #12]
    ldr r2, [r0]
    b done

@ 9: WFE passes with the event register set by SEV, then sleeps
wfe_event:
    sev
    wfe
    adds r7, #1
    wfe
    adds r7, #1
    b done

@ 10: an event due inside an IT block is served after it
sled_it:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    ldr r4, =RAM
    ldr r1, [r4]
    movs r5, #0
    cmp r5, #0
    str r1, [r0, #4]
    ittt eq
    addeq r7, #1
    addeq r7, #1
    addeq r7, #1
    .global after_it
after_it:
    .rept 8
    adds r7, #1
    .endr
    b done

@ 11: a long loop with an event every r1 cycles; r7 counts rounds, r6 events seen by the handler
loop_events:
    ldr r0, =DEVICE
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    ldr r4, =RAM
    ldr r1, [r4]
    str r1, [r0, #4]
    ldr r5, =20000
1:  adds r7, #1
    mul r3, r7, r5
    eor r8, r3, r7
    add r9, r8
    subs r5, #1
    bne 1b
    b done

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
