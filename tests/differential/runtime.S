/* tests/differential/runtime.S - what runs generated cases and writes down what they did.
 *
 * The same ELF runs in the simulator and in QEMU (mps2-an386). Each case begins at a reset of the core,
 * so nothing of the one before is left but RAM. The zone of RAM that cases use is filled with a pattern,
 * the case runs, and the first fault that is not to be resumed (every case ends with an undefined
 * instruction) enters `record`, which appends one record to the log. After the last case the log leaves
 * through semihosting where the word DIFF_FLAG is 1 (QEMU's loader sets it), else through UARTE0.
 *
 * A record: see RECORD in differential.py, which must list the same words in the same order.
 */
    .syntax unified
    .cpu cortex-m4
    .fpu fpv4-sp-d16
    .thumb

    .equ ZONE, 0x20000000
    .equ ZONE_END, 0x20004000
    .equ LOG, 0x20004000
    .equ LOG_END, 0x2000E800
    .equ VARS, 0x2000F000
    .equ EVENTS, 0x2000F100
    .equ EVENTS_MAX, 24
    .equ SAFE_TOP, 0x2000FF00
    .equ DIFF_FLAG, 0x2000FFF8
    .equ PATTERN, 0x9E3779B1
    .equ VECTORS_END, 0x100
    .equ CODE_END, 0x20000
    .equ MAGIC, 0xD1FFC0DE

    .equ V_MAGIC, 0
    .equ V_CASE, 4
    .equ V_LOG, 8
    .equ V_BODIES, 12  /* what handlers do: a word for each exception number up to 47, 0: return */
    .equ V_FLAGS, 16   /* 1: faults are resumed behind the instruction; 2: log the FP registers; 4: no events of SVC */
    .equ V_EVENTS, 20  /* how many so far */

    .equ ICSR, 0xE000ED04
    .equ AIRCR, 0xE000ED0C
    .equ SHCSR, 0xE000ED24
    .equ CFSR, 0xE000ED28
    .equ MPU_CTRL, 0xE000ED94
    .equ ICSR_MASK, 0xFFBFFFFF /* without ISRPENDING: it may be sampled late */

    .section .vectors, "a"
    .word 0x20010000
    .word bare_reset + 1
    .word event + 1             /* NMI */
    .word record + 1            /* HardFault */
    .word fault + 1, fault + 1, fault + 1
    .word record + 1, record + 1, record + 1, record + 1
    .word event + 1             /* SVCall */
    .word record + 1, record + 1
    .word event + 1, event + 1  /* PendSV, SysTick */
    .rept 48
    .word event + 1
    .endr

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
    movs r0, #0
    str r0, [r4, #V_CASE]
    ldr r0, =LOG
    str r0, [r4, #V_LOG]
1:  movs r0, #0
    str r0, [r4, #V_BODIES]
    str r0, [r4, #V_FLAGS]
    str r0, [r4, #V_EVENTS]
    ldr r0, =ZONE
    ldr r1, =ZONE_END
    ldr r2, =PATTERN
2:  mul r3, r0, r2
    str r3, [r0], #4
    cmp r0, r1
    blo 2b
    ldr r0, [r4, #V_CASE]
    ldr r1, =case_count
    ldr r1, [r1]
    cmp r0, r1
    bhs finish
    ldr r2, [r4, #V_LOG]
    ldr r3, =LOG_END
    cmp r2, r3
    bhs finish
    ldr r1, =case_table
    ldr r0, [r1, r0, lsl #2]
    bx r0
    .pool

/* Appends an event; r12 is spoilt. The MPU is off. */
    .macro LOG_EVENT /* r0 exception, r1 CFSR, r2 refused address, r3 stacked PC, lr EXC_RETURN */
    push {r4, r5}
    ldr r4, =VARS
    ldr r5, [r4, #V_FLAGS]
    and r5, r5, #4
    cmp r5, r1, lsl #3          /* 4 only against a CFSR of 0: a quiet event */
    bhi 9f
    ldr r5, [r4, #V_EVENTS]
    cmp r5, #EVENTS_MAX
    bhs record
    add r12, r5, #1
    str r12, [r4, #V_EVENTS]
    ldr r4, =EVENTS
    add r5, r5, r5, lsl #1
    add r4, r4, r5, lsl #3
    stmia r4!, {r0, r1, r2, r3}
    ldr r5, =ICSR
    ldr r5, [r5]
    ldr r12, =ICSR_MASK
    and r5, r5, r12
    str r5, [r4]
    str lr, [r4, #4]
9:  pop {r4, r5}
    .endm

    .macro SET_MPU_CTRL value, scratch
    ldr \scratch, =MPU_CTRL
    str \value, [\scratch]
    dsb
    isb
    .endm

/* NMI, SVCall, PendSV, SysTick, interrupts: one event, then what the case wants done. */
    .thumb_func
event:
    ldr r0, =MPU_CTRL
    ldr r0, [r0]
    movs r1, #0
    SET_MPU_CTRL r1, r2
    tst lr, #4
    ite eq
    mrseq r2, msp
    mrsne r2, psp
    ldr r3, [r2, #24]           /* an interrupt may come before the barriers behind its cause or after */
    ldr r1, =VECTORS_END
    cmp r3, r1
    blo 1f
    ldr r1, =CODE_END
    cmp r3, r1
    bhs 1f
    ldrh r1, [r3, #2]
    movw r12, #0x8F4F           /* DSB, before an ISB */
    cmp r1, r12
    it eq
    addeq r3, r3, #4
    it ne
    addne r12, r12, #0x20       /* ISB */
    cmp r1, r12
    itt eq
    addeq r3, r3, #4
    streq r3, [r2, #24]
1:  movs r1, #0
    push {r0, lr}
    mrs r0, ipsr
    movs r2, #0
    movs r3, #0
    LOG_EVENT
    ldr r1, =VARS
    ldr r1, [r1, #V_BODIES]
    cbz r1, 1f
    ldr r1, [r1, r0, lsl #2]
1:  pop {r0, lr}
    SET_MPU_CTRL r0, r2
    cbz r1, 2f
    bx r1                       /* a body returns by EXC_RETURN in lr */
2:  bx lr
    .pool

/* MemManage, BusFault, UsageFault: with flag 1, one event, and on behind the instruction (for a
 * refused fetch: to LR). What cannot be resumed is recorded: stacking errors, inside IT blocks, UDF. */
    .thumb_func
fault:
    ldr r0, =VARS
    ldr r1, =MPU_CTRL
    ldr r12, [r1]
    movs r2, #0
    str r2, [r1]
    dsb
    isb
    ldr r0, [r0, #V_FLAGS]
    tst r0, #1
    beq fault_is_last
    ldr r1, =CFSR
    ldr r1, [r1]
    ldr r2, =0x00053838         /* stacking, unstacking, lazy stacking; UNDEFINSTR, INVPC */
    tst r1, r2
    bne fault_is_last
    tst lr, #4
    ite eq
    mrseq r0, msp
    mrsne r0, psp
    ldr r2, [r0, #28]
    ldr r3, =0x0600FC00
    tst r2, r3
    bne fault_is_last
    push {r0, r12, lr}
    ldr r3, [r0, #24]
    movs r2, #0
    ldr r12, =CFSR
    tst r1, #0x80
    it ne
    ldrne r2, [r12, #12]
    tst r1, #0x8000
    it ne
    ldrne r2, [r12, #16]
    mrs r0, ipsr
    LOG_EVENT
    ldr r2, =CFSR
    str r1, [r2]
    pop {r0, r12, lr}
    ldr r2, [r0, #28]
    tst r2, #0x01000000
    beq 2f                      /* not in Thumb state: once more, in it */
    movw r2, #0x0101
    tst r1, r2
    beq 1f
    ldr r3, [r0, #20]
    bic r3, r3, #1
    b 2f
1:  ldrh r2, [r3], #2
    lsrs r2, r2, #11
    cmp r2, #0x1D
    it hs
    addhs r3, r3, #2
2:  str r3, [r0, #24]
    ldr r3, [r0, #28]
    orr r3, r3, #0x01000000
    str r3, [r0, #28]
    SET_MPU_CTRL r12, r1
    bx lr
fault_is_last:
    ldr r1, =MPU_CTRL
    str r12, [r1]
    b record
    .pool

/* The end of a case. Nothing is pushed before all that is of interest is written down. */
    .thumb_func
record:
    mrs r0, msp
    ldr sp, =SAFE_TOP
    movs r1, #0
    SET_MPU_CTRL r1, r2
    ldr r12, =VARS
    ldr r2, [r12, #V_CASE]
    ldr r12, [r12, #V_LOG]
    ldr r3, =0xCA5E0000
    orr r2, r2, r3
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
    ldr r1, =0x1010             /* MSTKERR, STKERR: there is no frame */
    tst r3, r1
    beq 1f
    ldr r0, =0                  /* any 32 bytes that are the same on both */
1:  ldmia r0!, {r4-r7}
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
    movs r4, #0
    movs r5, #32
    mov r9, r12
    add r12, r12, #8
2:  ldr r3, [r0]
    mul r6, r0, r2
    eor r4, r3, r4, ror #5
    cmp r3, r6
    beq 3f
    cbz r5, 3f
    subs r5, r5, #1
    stmia r12!, {r0, r3}
3:  adds r0, r0, #4
    cmp r0, r1
    blo 2b
    rsb r5, r5, #32
    strd r4, r5, [r9]

    ldr r8, =VARS
    ldr r0, [r8, #V_EVENTS]
    str r0, [r12], #4
    ldr r1, =EVENTS
    cbz r0, 5f
4:  ldmia r1!, {r2-r7}
    stmia r12!, {r2-r7}
    subs r0, r0, #1
    bne 4b
5:  ldr r0, [r8, #V_FLAGS]
    tst r0, #2
    beq 6f
    vmrs r0, fpscr
    str r0, [r12], #4
    vstmia r12!, {s0-s31}
6:  ldr r0, [r8, #V_LOG]
    str r12, [r8, #V_LOG]
    sub r1, r12, r0
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

    .thumb_func
finish:
    ldr r4, =LOG
    ldr r5, =VARS
    ldr r5, [r5, #V_LOG]
    ldr r0, =DIFF_FLAG
    ldr r0, [r0]
    cmp r0, #1
    bne by_uart
    ldr r1, =open_block
    movs r0, #1                 /* SYS_OPEN */
    bkpt 0xAB
    ldr r1, =EVENTS
    subs r5, r5, r4
    stmia r1, {r0, r4, r5}
    movs r0, #5                 /* SYS_WRITE */
    bkpt 0xAB
    movs r0, #2                 /* SYS_CLOSE */
    bkpt 0xAB
    movs r0, #0x18              /* SYS_EXIT: ADP_Stopped_ApplicationExit */
    ldr r1, =0x20026
    bkpt 0xAB
    b .
by_uart:
    ldr r0, =0x40002000
    movs r1, #6
    str r1, [r0, #0x50C]        /* PSEL.TXD */
    ldr r1, =0x10000000
    str r1, [r0, #0x524]        /* BAUDRATE: 1 M */
    movs r1, #8
    str r1, [r0, #0x500]        /* ENABLE */
1:  subs r2, r5, r4
    beq 3f
    cmp r2, #252
    it hi
    movhi r2, #252
    str r4, [r0, #0x544]        /* TXD.PTR */
    str r2, [r0, #0x548]        /* TXD.MAXCNT */
    add r4, r4, r2
    movs r1, #0
    str r1, [r0, #0x120]        /* EVENTS_ENDTX */
    movs r1, #1
    str r1, [r0, #8]            /* TASKS_STARTTX */
2:  ldr r1, [r0, #0x120]
    cmp r1, #0
    beq 2b
    b 1b
3:  wfi
    b 3b
    .pool
    .align 2
open_block:
    .word log_name, 5, 8        /* mode 5: "wb" */
log_name:
    .asciz "qemu.log"
    .align 2
