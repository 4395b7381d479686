/* tests/differential/record.S - the record of a guest: written at its end, sent after the reset that follows.
 *
 * FIELDS in record.py must list the same words in the same order.
 */
    .include "runtime.inc"

/* The end of a guest. Nothing is pushed before all that is of interest is written down. */
    .text
    .thumb_func
    .global record
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

/* Sends the record, in the state that a reset leaves. r4: VARS. */
    .thumb_func
    .global send
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
    .global finish
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
