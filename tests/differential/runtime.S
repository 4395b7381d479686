/* tests/differential/runtime.S - what runs generated guests and writes down what they did.
 *
 * The same ELF runs in the simulator and in QEMU (mps2-an386). Each guest begins at a reset of the core, so
 * nothing of the one before is left but RAM. The zone of RAM that guests use is filled with a pattern, the
 * guest runs, every exception appends an event, and the first fault that is not to be resumed (every guest ends
 * with UDF #0xEE) enters `record`, which makes one record and resets the core. After the reset the record leaves
 * through semihosting where the word DIFF_FLAG is 1 (QEMU's loader sets it), else through UARTE0.
 *
 * A record: see record.S.
 */
    .include "runtime.inc"

    .section .vectors, "a"
    .word 0x20010000
    .word bare_reset + 1
    .word event + 1                         /* NMI */
    .word fault + 1                         /* HardFault */
    .word fault + 1, fault + 1, fault + 1
    .word record + 1, record + 1, record + 1, record + 1
    .word event + 1                         /* SVCall */
    .word fault + 1, record + 1             /* DebugMonitor */
    .word event + 1, event + 1              /* PendSV, SysTick */
    .rept 48
    .word event + 1
    .endr
    .ascii "DIFFSTRT"                       /* machines.py writes the number of the first guest behind it */
first_case:
    .word 0

    .text
    .thumb_func
    .global bare_reset
bare_reset:
    ldr r4, =VARS
    ldr r0, [r4, #V_MAGIC]
    ldr r1, =MAGIC
    cmp r0, r1
    beq 1f
    str r1, [r4, #V_MAGIC]
    ldr r0, =first_case
    ldr r0, [r0]
    str r0, [r4, #V_CASE]
    movs r0, #0
    str r0, [r4, #V_LENGTH]
    str r0, [r4, #V_FILE]
1:  ldr r0, [r4, #V_LENGTH]
    cbz r0, 2f
    bl send
2:  movs r0, #0
    str r0, [r4, #V_LENGTH]
    str r0, [r4, #V_BODIES]
    str r0, [r4, #V_FLAGS]
    str r0, [r4, #V_EVENTS]
    ldr r0, =ZONE
    ldr r1, =ZONE_END
    ldr r2, =PATTERN
    mul r3, r0, r2
    lsls r5, r2, #2
3:  str r3, [r0], #4
    adds r3, r3, r5
    cmp r0, r1
    blo 3b
    ldr r0, [r4, #V_CASE]
    ldr r1, =case_count
    ldr r1, [r1]
    cmp r0, r1
    bhs finish
    ldr r1, =case_table
    ldr r0, [r1, r0, lsl #2]
    movs r4, #0                 /* what either way of sending has left */
    movs r5, #0
    movs r6, #0
    movs r7, #0
    mvn lr, #0
    bx r0
    .pool

/* Appends an event. r0: the frame, 0: none; r3: EXC_RETURN. Spoils r1, r2, r12; gives the exception in r1. The MPU is off. */
log_event:
    push {r4-r7}
    mrs r1, ipsr
    ldr r4, =VARS
    ldr r5, [r4, #V_FLAGS]
    tst r5, #FLAG_QUIET_SVC
    beq 1f
    cmp r1, #11
    beq 9f
1:  ldr r5, [r4, #V_EVENTS]
    cmp r5, #EVENTS_MAX
    it hs
    movhs lr, r3
    bhs record
    add r6, r5, #1
    str r6, [r4, #V_EVENTS]
    ldr r4, =EVENTS
    add r4, r4, r5, lsl #5
    ldr r12, =CFSR
    ldr r2, [r12]
    ldr r5, [r12, #4]           /* HFSR */
    stmia r4!, {r1, r2, r5}
    movs r6, #0
    tst r2, #0x80
    it ne
    ldrne r6, [r12, #12]        /* MMFAR */
    tst r2, #0x8000
    it ne
    ldrne r6, [r12, #16]        /* BFAR */
    movs r5, #0
    movs r7, #0
    cbz r0, 2f
    ldrd r5, r7, [r0, #24]      /* PC, xPSR */
2:  stmia r4!, {r5-r7}
    ldr r2, =ICSR
    ldr r2, [r2]
    ldr r12, =ICSR_MASK
    and r2, r2, r12
    stmia r4!, {r2, r3}
9:  pop {r4-r7}
    bx lr
    .pool

/* r0: the frame of the exception with EXC_RETURN in lr, 0 where there can be none. Spoils r1, r2. */
    .macro FRAME
    ldr r1, =CFSR
    ldr r1, [r1]
    movw r2, #NO_FRAME
    tst r1, r2
    mov r0, #0
    bne 8f
    tst lr, #4
    ite eq
    mrseq r0, msp
    mrsne r0, psp
    sub r2, r0, #ZONE
    lsrs r2, r2, #14
    it ne
    movne r0, #0
8:
    .endm

/* NMI, SVCall, PendSV, SysTick, interrupts: one event, then what the guest wants done. */
    .thumb_func
event:
    MPU_OFF r12, r0, r1
event_without_mpu:
    FRAME
    push {r12, lr}
    cbz r0, 4f
    ldr r3, [r0, #24]           /* an interrupt may come before the barriers behind its cause or after */
    cmp r3, #VECTORS_END
    blo 4f
    cmp r3, #CODE_END
    bhs 4f
    lsls r1, r3, #31
    bne 4f
3:  ldrh r1, [r3, #2]
    bic r1, r1, #0x20           /* ISB as DSB */
    movw r12, #0x8F4F
    cmp r1, r12
    itt eq
    addeq r3, r3, #4
    beq 3b
    str r3, [r0, #24]
4:  mov r3, lr
    bl log_event
    pop {r12, lr}
body_of:                        /* r1: the exception; r12: MPU_CTRL; lr: EXC_RETURN */
    ldr r2, =VARS
    ldr r2, [r2, #V_BODIES]
    cbz r2, 5f
    ldr r2, [r2, r1, lsl #2]
5:  ldr r1, =MPU_CTRL
    str r12, [r1]
    dsb
    isb
    cbz r2, 6f
    bx r2                       /* a body returns by EXC_RETURN in lr */
6:  bx lr
    .pool

/* HardFault, MemManage, BusFault, UsageFault, DebugMonitor: with FLAG_RESUME or FLAG_RESUME_HARD one event, and on behind
 * the instruction (for a refused fetch: to LR), outside any IT block. What cannot be resumed is recorded. */
    .thumb_func
fault:
    MPU_OFF r12, r0, r1
    ldr r2, =CFSR               /* pended by software: as an interrupt */
    ldrd r0, r1, [r2]
    orrs r0, r1
    beq event_without_mpu
    ldr r3, =VARS
    ldr r3, [r3, #V_FLAGS]
    mrs r1, ipsr
    cmp r1, #3
    ite eq
    tsteq r3, #FLAG_RESUME_HARD
    tstne r3, #FLAG_RESUME
    beq fault_is_last
    FRAME
    cbz r0, fault_is_last
    ldr r2, =LAST
    tst r1, r2
    bne fault_is_last
    ldr r2, =CFSR
    ldr r2, [r2, #4]
    tst r2, #2                  /* VECTTBL */
    bne fault_is_last
    tst r1, #0x10000            /* UNDEFINSTR */
    beq 1f
    ldr r2, [r0, #24]
    ldrh r2, [r2]
    movw r3, #END_MARK
    cmp r2, r3
    bne 1f
fault_is_last:
    ldr r1, =MPU_CTRL
    str r12, [r1]
    b record
1:  push {r12, lr}
    mov r3, lr
    bl log_event
    pop {r12, lr}
    ldr r2, [r0, #28]
    tst r2, #0x01000000
    beq 3f                      /* not in Thumb state: once more, in it */
    ldr r2, =CFSR
    ldr r1, [r2]
    ldr r3, [r0, #24]
    movw r2, #0x0101            /* IACCVIOL, IBUSERR */
    tst r1, r2
    beq 2f
    ldr r3, [r0, #20]
    bic r3, r3, #1
    str r3, [r0, #24]
    b 3f
2:  ldrh r2, [r3], #2
    cbnz r1, 7f
    lsrs r1, r2, #8
    cmp r1, #0xBE               /* BKPT; else an SVC that became a HardFault: it is behind its instruction */
    bne 3f
7:  lsrs r2, r2, #11
    cmp r2, #0x1D
    it hs
    addhs r3, r3, #2
    str r3, [r0, #24]
3:  ldr r2, =CFSR
    ldrd r1, r3, [r2]
    strd r1, r3, [r2]
    ldr r3, [r0, #28]
    orr r3, r3, #0x01000000
    bic r3, r3, #0x06000000
    bic r3, r3, #0x0000FC00
    str r3, [r0, #28]
    mrs r1, ipsr
    b body_of
    .pool
