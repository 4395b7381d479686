/* tests/differential/runtime.S - what runs generated guests and writes down what they did.
 *
 * The same ELF runs in the simulator and in QEMU (mps2-an386). Each guest begins at a reset of the core, so
 * nothing of the one before is left but RAM. The zone of RAM that guests use is filled with a pattern, the
 * guest runs, every exception appends an event, and the first fault that is not to be resumed (every guest ends
 * with UDF #0xEE) enters `record`, which makes one record and resets the core. After the reset the record leaves
 * through semihosting where the word DIFF_FLAG is 1 (QEMU's loader sets it), else through UARTE0.
 *
 * A record: see FIELDS in record.py, which must list the same words in the same order.
 */
    .syntax unified
    .cpu cortex-m4
    .thumb

    .equ ZONE, 0x20000000
    .equ ZONE_END, 0x20004000
    .equ LOG, 0x20004000
    .equ VARS, 0x2000F000
    .equ EVENTS, 0x2000F100
    .equ EVENTS_MAX, 40
    .equ SAFE_TOP, 0x2000FF00
    .equ DIFF_FLAG, 0x2000FFF8
    .equ PATTERN, 0x9E3779B1
    .equ VECTORS_END, 0x100
    .equ CODE_END, 0x80000
    .equ MAGIC, 0xD1FFC0DE

    .equ V_MAGIC, 0
    .equ V_CASE, 4
    .equ V_LENGTH, 8   /* of the record that has to leave, in bytes */
    .equ V_BODIES, 12  /* what handlers do: a word for each exception number up to 47, 0: return */
    .equ V_FLAGS, 16   /* see FLAG_ */
    .equ V_EVENTS, 20  /* how many so far */
    .equ V_FILE, 24    /* the semihosting handle */

    .equ FLAG_RESUME, 1      /* MemManage, BusFault and UsageFault go on behind the instruction */
    .equ FLAG_FP, 2          /* the FP registers are recorded */
    .equ FLAG_QUIET_SVC, 4   /* SVCall makes no events */
    .equ FLAG_RESUME_HARD, 8 /* HardFault goes on behind the instruction */

    .equ ICSR, 0xE000ED04
    .equ AIRCR, 0xE000ED0C
    .equ SHCSR, 0xE000ED24
    .equ CFSR, 0xE000ED28
    .equ MPU_CTRL, 0xE000ED94
    .equ ICSR_MASK, 0xFFBFFFFF  /* without ISRPENDING: it may be sampled late */
    .equ NO_FRAME, 0x00001010   /* MSTKERR, STKERR */
    .equ LAST, 0x00043838       /* stacking, unstacking, lazy stacking; INVPC */
    .equ END_MARK, 0xDEEE       /* UDF #0xEE */

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

    .macro MPU_OFF kept, scratch, zero
    ldr \scratch, =MPU_CTRL
    ldr \kept, [\scratch]
    movs \zero, #0
    str \zero, [\scratch]
    dsb
    isb
    .endm

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

/* The end of a guest. Nothing is pushed before all that is of interest is written down. */
    .thumb_func
record:
    mrs r0, msp
    ldr sp, =SAFE_TOP
    MPU_OFF r3, r2, r1
    ldr r12, =VARS
    ldr r2, [r12, #V_CASE]
    ldr r12, =LOG
    movt r2, #0xCA5E
    str r2, [r12], #8           /* the length comes last */
    mrs r2, ipsr
    str r2, [r12], #4
    str lr, [r12], #4
    ldr r1, =CFSR
    ldr r3, [r1]
    str r3, [r12], #4
    ldr r2, [r1, #4]            /* HFSR */
    str r2, [r12], #4
    tst r3, #0x80
    ite ne
    ldrne r2, [r1, #12]         /* MMFAR */
    moveq r2, #0
    str r2, [r12], #4
    tst r3, #0x8000
    ite ne
    ldrne r2, [r1, #16]         /* BFAR */
    moveq r2, #0
    str r2, [r12], #4
    ldr r1, =SHCSR
    ldr r2, [r1]
    str r2, [r12], #4
    ldr r1, =ICSR
    ldr r2, [r1]
    ldr r1, =ICSR_MASK
    ands r2, r2, r1
    str r2, [r12], #4
    mrs r2, control
    str r2, [r12], #4
    mrs r2, primask
    str r2, [r12], #4
    mrs r2, basepri
    str r2, [r12], #4
    mrs r2, faultmask
    str r2, [r12], #4
    str r0, [r12], #4           /* MSP */
    mrs r2, psp
    str r2, [r12], #4
    stmia r12!, {r4-r11}
    tst lr, #4
    it ne
    movne r0, r2
    movw r1, #NO_FRAME
    tst r3, r1
    sub r2, r0, #ZONE
    lsr r2, r2, #14
    it eq
    cmpeq r2, #0
    it ne
    movne r0, #0                /* no frame: any 32 bytes that are the same on both */
    ldmia r0!, {r4-r7}
    stmia r12!, {r4-r7}
    ldmia r0!, {r4-r7}
    stmia r12!, {r4-r7}
    ldr r1, =0xE000EF34         /* FPCCR, FPCAR, FPDSCR */
    ldm r1, {r1-r3}
    stmia r12!, {r1-r3}

    /* The zone: a hash, and the first words that differ from the pattern. */
    ldr r0, =ZONE
    ldr r1, =ZONE_END
    ldr r2, =PATTERN
    mul r6, r0, r2
    lsls r2, r2, #2
    movs r4, #0
    movs r5, #48
    mov r9, r12
    add r12, r12, #8
2:  ldr r3, [r0]
    eor r4, r3, r4, ror #5
    cmp r3, r6
    beq 3f
    cbz r5, 3f
    subs r5, r5, #1
    stmia r12!, {r0, r3}
3:  adds r0, r0, #4
    adds r6, r6, r2
    cmp r0, r1
    blo 2b
    rsb r5, r5, #48
    strd r4, r5, [r9]

    ldr r8, =VARS
    ldr r0, [r8, #V_EVENTS]
    str r0, [r12], #4
    ldr r1, =EVENTS
    lsls r0, r0, #1
    beq 5f
4:  ldmia r1!, {r4-r7}
    stmia r12!, {r4-r7}
    subs r0, r0, #1
    bne 4b
5:  ldr r0, [r8, #V_FLAGS]
    tst r0, #FLAG_FP
    beq 6f
    ldr r0, =0xE000ED88         /* CPACR: the guest may have closed it */
    ldr r1, [r0]
    orr r1, r1, #0xF00000
    str r1, [r0]
    dsb
    isb
    vmrs r0, fpscr
    str r0, [r12], #4
    vstmia r12!, {s0-s31}
6:  ldr r0, =LOG
    sub r1, r12, r0
    str r1, [r8, #V_LENGTH]
    lsrs r1, r1, #2
    str r1, [r0, #4]
    ldr r0, [r8, #V_CASE]
    adds r0, r0, #1
    str r0, [r8, #V_CASE]
    dsb
    ldr r0, =AIRCR
    ldr r1, =0x05FA0004
    str r1, [r0]
    dsb
7:  b 7b
    .pool

/* Sends the record, in the state that a reset leaves. */
send:
    ldr r5, =LOG
    ldr r6, [r4, #V_LENGTH]
    ldr r0, =DIFF_FLAG
    ldr r0, [r0]
    cmp r0, #1
    bne by_uart
    ldr r0, [r4, #V_FILE]
    cbnz r0, 1f
    ldr r1, =open_block
    movs r0, #1                 /* SYS_OPEN */
    bkpt 0xAB
    str r0, [r4, #V_FILE]
1:  ldr r1, =EVENTS
    stmia r1, {r0, r5, r6}
    movs r0, #5                 /* SYS_WRITE */
    bkpt 0xAB
    bx lr
by_uart:
    cpsid i
    ldr r0, =0x40002000
    movs r1, #6
    str r1, [r0, #0x50C]        /* PSEL.TXD */
    ldr r1, =0x10000000
    str r1, [r0, #0x524]        /* BAUDRATE: 1 M */
    movs r1, #8
    str r1, [r0, #0x500]        /* ENABLE */
    mov r1, #0x100
    str r1, [r0, #0x304]        /* INTENSET: ENDTX */
    ldr r7, =0xE000E100
    movs r3, #4                 /* interrupt 2 */
    str r3, [r7]
1:  movs r1, #0
    str r1, [r0, #0x120]        /* EVENTS_ENDTX */
    dsb
    str r3, [r7, #0x180]        /* ICPR */
    cbz r6, 3f
    cmp r6, #252
    ite hi
    movhi r2, #252
    movls r2, r6
    str r5, [r0, #0x544]        /* TXD.PTR */
    str r2, [r0, #0x548]        /* TXD.MAXCNT */
    add r5, r5, r2
    subs r6, r6, r2
    movs r1, #1
    str r1, [r0, #8]            /* TASKS_STARTTX */
2:  wfi
    ldr r1, [r0, #0x120]
    cmp r1, #0
    beq 2b
    b 1b
3:  str r3, [r7, #0x80]         /* ICER */
    cpsie i
    bx lr
    .pool

    .thumb_func
    .global landing             /* where frames that guests make up return to */
landing:
    udf #0xEE

    .thumb_func
finish:
    ldr r0, =DIFF_FLAG
    ldr r0, [r0]
    cmp r0, #1
    bne 1f
    movs r0, #0x18              /* SYS_EXIT: ADP_Stopped_ApplicationExit */
    ldr r1, =0x20026
    bkpt 0xAB
1:  wfi
    b 1b
    .pool
    .align 2
open_block:
    .word log_name, 5, 8        /* mode 5: "wb" */
log_name:
    .asciz "qemu.log"
    .align 2
