    .include "common.inc"
    vectors
    .equ GUARD, RAM + 0x1000        @ 32 bytes without access in the middle of a page
    cases run_probe, run_probe_unprivileged
    .word table                     @ at 0x108, for the test

@ The test pokes a probe: RAM holds r0..r7 to load (offset 0x20), and the case number n at RAM.
@ Region 0: GUARD, 32 bytes, no access. Region 1: the page at RAM + 0x2000, 1 KiB, no access.
@ Region 2: RAM + 0x3000, 32 bytes, privileged only. Region 3: all flash, read and execute.
@ Region 4: RAM 64 KiB, full access. Region 5: flash at 0x8000, 32 bytes, execute never.
@ Region 6: device space, 64 KiB, full access, execute never. Background region for privileged code.
setup:
    ldr r0, =0xE000ED90
    adr r1, regions
    movs r2, #0
1:  ldr r3, [r1], #4
    ldr r4, [r1], #4
    orr r3, #16
    orr r3, r2
    str r3, [r0, #12]
    str r4, [r0, #16]
    adds r2, #1
    cmp r2, #7
    bne 1b
    ldr r1, =SCS
    mov r2, #0x70000                @ all three faults enabled
    str r2, [r1, #0xD24]
    movs r2, #5
    str r2, [r0, #4]
    dsb
    isb
    bx lr
    .balign 4
regions:                            @ higher numbers win: the general ones come first
    .word 0,             0x06000000 | (18 << 1) | 1        @ flash, 512 kB, read-only
    .word RAM,           0x03000000 | (15 << 1) | 1        @ RAM 64 kB, full
    .word GUARD,         0x00000000 | (4 << 1) | 1
    .word RAM + 0x2000,  0x00000000 | (9 << 1) | 1
    .word RAM + 0x3000,  0x01000000 | (4 << 1) | 1
    .word 0x8000,        0x16000000 | (4 << 1) | 1
    .word DEVICE,        0x13000000 | (15 << 1) | 1

run_probe_unprivileged:
    bl setup
    movs r0, #1
    msr control, r0
    isb
    b probe
run_probe:
    bl setup
probe:
    ldr r9, =RAM
    ldr r10, [r9]                   @ which
    add r11, r9, #0x20
    ldm r11, {r0-r7}
    ldr r12, =table
    ldr r12, [r12, r10, lsl #2]
    bx r12
    .balign 4
    .global table
table:
    .word p_ldr+1, p_str+1, p_ldrb+1, p_strh_post+1, p_ldr_pre+1, p_ldm+1, p_stm_wb+1, p_ldmdb+1
    .word p_ldrd+1, p_strd+1, p_push+1, p_pop+1, p_ldr_unaligned+1, p_it_str+1, p_it_ldr+1, p_vldr+1
    .word p_vstm+1, p_tbb+1, p_ldrex+1, p_ldrt+1, p_strt+1, p_fetch+1, p_reg+1, p_str_unaligned+1
    .word p_ldrsh_reg+1, p_udf+1, p_svc+1, p_vldr_double+1, p_ldrh_after+1, p_bx_even+1, p_div+1, p_nothing+1

    .macro probe name, code
    .balign 4
\name:
    \code
    b done
    .endm
    probe p_ldr, "ldr r1, [r0]"
    probe p_str, "str r1, [r0, #4]"
    probe p_ldrb, "ldrb r1, [r0, #31]"
    probe p_strh_post, "strh r1, [r0], #2"
    probe p_ldr_pre, "ldr r1, [r0, #8]!"
    probe p_ldm, "ldm r0, {r1-r4}"
    probe p_stm_wb, "stm r0!, {r1-r4}"
    probe p_ldmdb, "ldmdb r0!, {r1-r4}"
    probe p_ldrd, "ldrd r1, r2, [r0, #4]"
    probe p_strd, "strd r1, r2, [r0], #8"
    .balign 4
p_push:
    mov sp, r0
    push {r1-r4, lr}
    b done
    .balign 4
p_pop:
    mov sp, r0
    pop {r1-r4}
    b done
    probe p_ldr_unaligned, "ldr r1, [r0]"
    .balign 4
p_it_str:
    cmp r0, r0
    ittt eq
    addeq r5, #1
    streq r1, [r0]
    addeq r6, #1
    b done
    .balign 4
p_it_ldr:
    cmp r0, r0
    ittt eq
    addeq r5, #1
    ldreq r1, [r0]
    addeq r6, #1
    b done
    probe p_vldr, "vldr s0, [r0, #4]"
    probe p_vstm, "vstmia r0!, {s0-s7}"
    probe p_tbb, "tbb [r0, r1]"
    probe p_ldrex, "ldrex r1, [r0]"
    probe p_ldrt, "ldrt r1, [r0]"
    probe p_strt, "strt r1, [r0, #8]"
    .balign 4
p_fetch:
    bx r0
    probe p_reg, "str r1, [r0, r2, lsl #2]"
    probe p_str_unaligned, "str r1, [r0]"
    probe p_ldrsh_reg, "ldrsh r1, [r0, r2]"
    probe p_udf, "udf #1"
    probe p_svc, "svc #1"
    probe p_vldr_double, "vldr d1, [r0]"
    .balign 4
p_ldrh_after:                       @ the refusal comes in the middle of a block that stored before
    str r5, [r9, #0x10]
    adds r5, #1
    ldrh r1, [r0]
    adds r5, #1
    b done
    .balign 4
p_bx_even:
    bx r0
    probe p_div, "udiv r1, r2, r3"
    probe p_nothing, "ldr r1, [r0]"

@ Leaves the fault status in RAM and stops there.
memmanage:
busfault:
usagefault:
    ldr r1, =RAM
    mrs r0, ipsr
    str r0, [r1, #0x40]
    ldr r2, =SCS
    ldr r0, [r2, #0xD28]
    str r0, [r1, #0x44]
    ldr r0, [r2, #0xD34]
    str r0, [r1, #0x48]
    ldr r0, [sp, #24]
    str r0, [r1, #0x4C]
    ldr r0, [sp, #28]
    str r0, [r1, #0x50]
    b done
svcall:
    b done
    defaults
