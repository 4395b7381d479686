@ The table of micro-kernels: code, the cycles that the rules of docs/timing.md give it, and the rule.
@ Each runs on a word boundary between two reads of CYCCNT, with a nop on either side. Set before
@ each: r0 DWT, r1 and r8 two buffers in RAM (the word at r8 + 60 is r1), r2 5, r3 3, r4 8,
@ r5 0x12345678, r9 0xFFFFFFFF, r10 1, r11 0, r12 a function that returns, s1 2.0, s2 3.0. r6 and r7
@ are the counter's.
    .include "common.inc"
    vectors
    .word table, table_end, enable + 1, return + 1

enable:
    ldr r0, =0xE000ED88     @ CPACR
    movs r1, #0xF
    lsls r1, #20
    str r1, [r0]
    ldr r0, =0xE000EDFC     @ DEMCR
    ldr r1, =0x01000000
    str r1, [r0]
    ldr r0, =0xE0001000     @ DWT
    movs r1, #1
    str r1, [r0]
    b.w done
    .ltorg
return:
    bx lr
svcall:
    bx lr

    .subsection 1
    .balign 4
table:
    .subsection 0

    .macro kernel expected, text, rule
    .subsection 2
9:  .asciz "\text"
8:  .asciz "\rule"
    .subsection 1
    .word 7f + 1, \expected, 9b, 8b
    .subsection 0
    .balign 4
7:  ldr r6, [r0, #4]
    nop
    .endm
    .macro end
    nop
    ldr r7, [r0, #4]
    .rept 16                @ no branch and nothing for the FP unit
    nop
    .endr
    b.w done
    .endm

@ ---- data processing ----
    kernel 1, "adds", "data processing 1"
    adds r2, r3
    end
    kernel 1, "add.w with a shifted operand", "data processing 1"
    add.w r2, r3, r5, lsl #3
    end
    kernel 2, "movw, movt", "data processing 1"
    movw r2, #0x1234
    movt r2, #0x5678
    end
    kernel 3, "clz, rbit, rev", "data processing 1"
    clz r2, r5
    rbit r2, r2
    rev r2, r2
    end
    kernel 2, "ubfx, bfi", "bit field 1"
    ubfx r2, r5, #4, #8
    bfi r2, r5, #0, #4
    end
    kernel 2, "sxtb, uxth with rotation", "extension 1"
    sxtb.w r2, r5, ror #8
    uxth.w r2, r5, ror #16
    end
    kernel 3, "ssat, usat, qadd", "saturation 1"
    ssat r2, #4, r5
    usat r2, #4, r5
    qadd r2, r3, r5
    end
    kernel 3, "sadd16, usad8, sel", "SIMD 1"
    sadd16 r2, r3, r5
    usad8 r2, r3, r5
    sel r2, r3, r5
    end
    kernel 1, "mul", "multiplication 1"
    mul r2, r3, r5
    end
    kernel 2, "mla, mls", "multiplication 1"
    mla r2, r3, r5, r2
    mls r2, r3, r5, r2
    end
    kernel 5, "umull, umlal, smull, smlal, umaal", "long multiplication 1"
    umull r2, r3, r5, r9
    umlal r2, r3, r5, r9
    smull r2, r3, r5, r9
    smlal r2, r3, r5, r9
    umaal r2, r3, r5, r9
    end
    kernel 4, "smuad, smlad, smlald, smmul", "DSP multiplication 1"
    smuad r2, r3, r5
    smlad r2, r3, r5, r2
    smlald r2, r3, r5, r9
    smmul r2, r3, r5
    end
    kernel 4, "four nops", "NOP 1"
    nop
    nop
    nop
    nop
    end
    kernel 2, "mrs", "MRS 2"
    mrs r2, apsr
    end
    kernel 2, "msr", "MSR 2"
    msr apsr_nzcvq, r2
    end
    kernel 2, "cpsid, cpsie", "CPS 1"
    cpsid i
    cpsie i
    end
    kernel 12, "dmb, dsb, isb", "barriers 4"
    dmb
    dsb
    isb
    end

@ ---- divisions ----
    kernel 5, "udiv 5 by 3", "as many bits: 5"
    udiv r5, r2, r3
    end
    kernel 3, "udiv 3 by 5", "a shorter dividend: 3"
    udiv r5, r3, r2
    end
    kernel 2, "udiv 0 by 5", "zero: 2"
    udiv r5, r11, r2
    end
    kernel 2, "udiv 5 by 0", "zero: 2"
    udiv r5, r2, r11
    end
    kernel 12, "udiv 0xFFFFFFFF by 1", "31 bits more: 5 + 31 / 4"
    udiv r5, r9, r10
    end
    kernel 11, "udiv 0x12345678 by 5", "26 bits more: 5 + 26 / 4"
    udiv r5, r5, r2
    end
    kernel 5, "sdiv -1 by 1", "by magnitude: 5"
    sdiv r5, r9, r10
    end
    kernel 3, "sdiv -1 by 5", "by magnitude: 3"
    sdiv r5, r9, r2
    end

@ ---- loads and stores ----
    kernel 2, "ldr", "load 2"
    ldr r2, [r1]
    end
    kernel 3, "ldr, ldr", "loads overlap: N + 1"
    ldr r2, [r1]
    ldr r3, [r1, #4]
    end
    kernel 5, "four ldr", "loads overlap: N + 1"
    ldr r2, [r1]
    ldr r3, [r1, #4]
    ldr r4, [r1, #8]
    ldr r5, [r1, #12]
    end
    kernel 4, "ldrb, ldrh, ldrsb", "loads overlap: N + 1"
    ldrb r2, [r1]
    ldrh r3, [r1, #4]
    ldrsb r5, [r1, r4]
    end
    kernel 4, "ldr by register, ldr, ldr", "example of the manual: 4"
    ldr r2, [r1, r4]
    ldr.w r3, [r8]
    ldr r5, [r1, #4]
    end
    kernel 3, "ldr by register, str", "example of the manual: 3"
    ldr r2, [r1, r4]
    str r2, [r1, #20]
    end
    kernel 3, "ldr by register, str by register", "example of the manual: 3"
    ldr r2, [r1, r4]
    str r3, [r1, r4]
    end
    kernel 4, "ldr, ldr from there", "the address is what was loaded: no overlap"
    ldr.w r2, [r8, #60]
    ldr r3, [r2]
    end
    kernel 5, "ldr, adds, ldr", "2 + 1 + 2"
    ldr r2, [r1]
    adds r3, r5
    ldr r5, [r1, #4]
    end
    kernel 1, "str", "store with immediate offset 1"
    str r2, [r1]
    end
    kernel 4, "str, str, strb, strh", "store with immediate offset 1"
    str r2, [r1]
    str r3, [r1, #4]
    strb r4, [r1, #8]
    strh r5, [r1, #12]
    end
    kernel 2, "str by register", "store with register offset 2"
    str r2, [r1, r4]
    end
    kernel 4, "str by register, ldr", "nothing overlaps after a store"
    str r2, [r1, r4]
    ldr r3, [r1]
    end
    kernel 4, "str, ldr, adds", "1 + 2 + 1"
    str r2, [r1]
    ldr r3, [r1]
    adds r2, r3
    end
    kernel 2, "ldr with write-back", "load 2"
    ldr r2, [r1], #4
    end
    kernel 2, "ldr of a literal", "load 2"
    ldr r2, literal
    end
    kernel 3, "ldrd", "1 + N"
    ldrd r2, r3, [r1]
    end
    kernel 3, "strd", "1 + N"
    strd r2, r3, [r1]
    end
    kernel 5, "ldm of four", "1 + N"
    ldm r1!, {r2-r5}
    end
    kernel 5, "stm of four", "1 + N"
    stm r1!, {r2-r5}
    end
    kernel 10, "push and pop of four", "1 + N"
    push {r2-r5}
    pop {r2-r5}
    end
    kernel 3, "ldrex, strex", "they overlap as loads do"
    ldrex r2, [r1]
    strex r3, r2, [r1]
    end
    kernel 4, "add.w, ldr from there", "an address computed just before: 1"
    add.w r2, r1, #4
    ldr r3, [r2]
    end
    kernel 4, "adds, nop, ldr from there", "not just before: 1 + 1 + 2"
    adds r2, r1, #4
    nop
    ldr r3, [r2]
    end
    kernel 3, "adds, str to there", "an address computed just before: 1"
    adds r2, r1, #4
    str r3, [r2]
    end
    kernel 5, "adds, ldm from there", "an address computed just before: 1"
    adds r2, r1, #4
    ldm r2!, {r3, r5}
    end
    kernel 2, "adds, str of the sum", "what is stored is no address"
    adds r2, r3
    str r2, [r1]
    end
    kernel 5, "sub sp, push, add sp", "an address computed just before: 1"
    sub sp, #8
    push {r2}
    add sp, #12
    end

@ ---- branches ----
    kernel 2, "b", "immediate: P 1"
    b 1f
    nop
1:
    end
    kernel 4, "b to add.w off a word boundary", "P 1 and 1 more, then add.w"
    b 1f
    nop
    nop
1:
    add.w r2, r3, r5
    end
    kernel 4, "b.w to add.w on one, nop", "P 1, then add.w and nop"
    b.w 1f
    nop
    nop
1:
    add.w r2, r3, r5
    nop
    end
    kernel 2, "cmp, bne not taken", "1"
    cmp r2, r2
    bne 1f
1:
    end
    kernel 3, "cmp, beq taken", "immediate: P 1"
    cmp r2, r2
    beq 1f
    nop
1:
    end
    kernel 4, "bl, bx lr", "P 1 both times"
    bl return
    end
    kernel 5, "blx of a register, bx lr", "P 2, then 1"
    blx r12
    end
    kernel 6, "adr lr, bx of a register, bx lr", "P 2, then 1"
    adr.w lr, 1f + 1
    bx r12
    .balign 4
1:
    end
    kernel 4, "adr lr, bx lr", "LR written just before: P 2"
    adr.w lr, 1f + 1
    bx lr
    .balign 4
1:
    end
    kernel 4, "adr, mov pc", "P 2"
    adr.w r2, 1f
    mov pc, r2
    .balign 4
1:
    end
    kernel 7, "adr, str, ldr pc", "2 and P 3"
    adr.w r2, 1f + 1
    str r2, [r1]
    ldr.w pc, [r1]
    .balign 4
1:
    end
    kernel 8, "adr, push, pop of pc", "1 + N and P 3"
    adr.w r2, 1f + 1
    push {r2}
    pop {pc}
    nop
    nop
    .balign 4
1:
    end
    kernel 1, "cbz not taken", "1"
    cbz r2, 1f
1:
    end
    kernel 4, "movs, cbz taken", "decided late: P 2"
    movs r2, #0
    cbz r2, 1f
    nop
1:
    end
    kernel 6, "tbb", "2 for the load, 1, P 3"
    tbb [pc, r11]
2:
    .byte (1f - 2b) / 2, 0
1:
    end
    kernel 6, "tbh", "2 for the load, 1, P 3"
    tbh [pc, r11, lsl #1]
2:
    .hword (1f - 2b) / 2
1:
    end
    kernel 30, "movs, ten rounds of subs and bne", "1 + 9 * 3 + 2"
    movs r2, #10
1:
    subs r2, #1
    bne 1b
    end
    kernel 40, "movs, ten rounds of nop, subs, bne", "1 + 9 * 4 + 3"
    movs r2, #10
1:
    nop
    subs r2, #1
    bne 1b
    end
    kernel 50, "movs, ten rounds of str, str, subs, bne", "1 + 9 * 5 + 4"
    movs r2, #10
1:
    str r3, [r1]
    str r4, [r1, #4]
    subs r2, #1
    bne 1b
    end
    kernel 24, "svc, bx lr", "1 + entry 12 + 1 + return 10"
    svc #0
    end

@ ---- IT blocks ----
    kernel 2, "cmp, it, executed", "IT folds into 16 bits"
    cmp r2, r2
    it eq
    moveq r3, r4
    end
    kernel 2, "cmp, it, skipped", "a failed condition 1"
    cmp r2, r2
    it ne
    movne r3, r4
    end
    kernel 3, "cmp.w, it, executed", "IT does not fold into 32 bits"
    cmp.w r2, r2
    it eq
    moveq r3, r4
    end
    kernel 5, "cmp, itete", "one each"
    cmp r2, r2
    itete eq
    moveq r3, r4
    movne r4, r3
    addeq r3, r4
    addne r4, r3
    end
    kernel 6, "cmp, it, ldm of four", "1 + N"
    cmp r2, r2
    it eq
    ldmeq r1, {r2-r5}
    end
    kernel 2, "cmp, it, ldm of four skipped", "a failed condition 1"
    cmp r2, r2
    it ne
    ldmne r1, {r2-r5}
    end
    kernel 6, "cmp, it, udiv 5 by 3", "5"
    cmp r2, r2
    it eq
    udiveq r5, r2, r3
    end
    kernel 2, "cmp, it, udiv skipped", "a failed condition 1"
    cmp r2, r2
    it ne
    udivne r5, r2, r3
    end
    kernel 3, "cmp, it, b taken", "P 1"
    cmp r2, r2
    it eq
    beq 1f
    nop
1:
    end
    kernel 2, "cmp, it, pop of pc skipped", "a failed condition 1"
    cmp r2, r2
    it ne
    popne {r4, pc}
    end

@ ---- 32-bit instructions off word boundaries ----
    kernel 4, "four mov.w on word boundaries", "as published: 4"
    mov.w r2, r2
    mov.w r2, r2
    mov.w r2, r2
    mov.w r2, r2
    end
    kernel 5, "mov, three mov.w off them", "as published: 5"
    mov r2, r2
    mov.w r2, r2
    mov.w r2, r2
    mov.w r2, r2
    end
    kernel 3, "mov, two mov.w off them", "two in a row cost nothing"
    mov r2, r2
    mov.w r2, r2
    mov.w r2, r2
    end
    kernel 4, "mov, three str.w off them", "three stores in a row cost nothing"
    mov r2, r2
    str.w r2, [r1]
    str.w r2, [r1]
    str.w r2, [r1]
    end
    kernel 6, "mov, four str.w off them", "four do: 1"
    mov r2, r2
    str.w r2, [r1]
    str.w r2, [r1]
    str.w r2, [r1]
    str.w r2, [r1]
    end
    kernel 21, "movs, nop, a power by multiplication, three rounds", "as published: 19, and 2 before"
    movs r4, #3
    nop
    mov r2, r3
    mov.w r3, #1
1:
    mul r3, r3, r2
    sub.w r4, r4, #1
    cmp r4, #0
    bne 1b
    end
    kernel 18, "movs, nop, a product by addition, three rounds", "as published: 16, and 2 before"
    movs r4, #3
    nop
    mov r2, r3
    mov.w r3, #1
1:
    add r3, r2
    sub.w r4, r4, #1
    cmp r4, #0
    bne 1b
    end

@ ---- floating point ----
    kernel 1, "vadd", "FP arithmetic 1"
    vadd.f32 s0, s1, s2
    end
    kernel 2, "vmul, vadd", "FP arithmetic 1"
    vmul.f32 s0, s1, s2
    vadd.f32 s3, s1, s2
    end
    kernel 3, "vmul, vadd that needs it", "a result used at once: 1"
    vmul.f32 s0, s1, s2
    vadd.f32 s3, s0, s2
    end
    kernel 3, "vmla", "3"
    vmla.f32 s0, s1, s2
    end
    kernel 3, "vfma", "3"
    vfma.f32 s0, s1, s2
    end
    kernel 4, "vadd, vmla to the sum", "the addend is needed later: 1 + 3"
    vadd.f32 s0, s1, s2
    vmla.f32 s0, s1, s2
    end
    kernel 5, "vmla, vadd that needs it", "a result used at once: 1"
    vmla.f32 s0, s1, s2
    vadd.f32 s3, s0, s2
    end
    kernel 1, "vdiv, integer code after it", "it goes on beside it: 1"
    vdiv.f32 s0, s1, s2
    end
    kernel 1, "vsqrt, integer code after it", "it goes on beside it: 1"
    vsqrt.f32 s0, s1
    end
    kernel 15, "vdiv, vadd", "14 + 1"
    vdiv.f32 s0, s1, s2
    vadd.f32 s3, s1, s2
    end
    kernel 15, "vdiv, five nops, vadd", "14, five of them used, + 1"
    vdiv.f32 s0, s1, s2
    nop
    nop
    nop
    nop
    nop
    vadd.f32 s3, s1, s2
    end
    kernel 16, "vdiv, vadd that needs it", "14 + 1, a result used at once: 1"
    vdiv.f32 s0, s1, s2
    vadd.f32 s3, s0, s2
    end
    kernel 15, "vsqrt, vsqrt", "14 + 1"
    vsqrt.f32 s0, s1
    vsqrt.f32 s3, s2
    end
    kernel 2, "vldr", "2"
    vldr s0, [r1]
    end
    kernel 3, "vldr of a double word", "1 + N"
    vldr d5, [r1]
    end
    kernel 2, "vstr", "2"
    vstr s1, [r1]
    end
    kernel 5, "vldm of four", "1 + N"
    vldmia r1, {s4-s7}
    end
    kernel 10, "vpush and vpop of four", "1 + N"
    vpush {s4-s7}
    vpop {s4-s7}
    end
    kernel 2, "vmov to the FP unit and back", "1 each"
    vmov s0, r2
    vmov r3, s0
    end
    kernel 2, "vmov of two", "2"
    vmov s4, s5, r2, r3
    end
    kernel 2, "vcmp, vmrs", "1 each"
    vcmp.f32 s1, s2
    vmrs apsr_nzcv, fpscr
    end
    kernel 2, "vabs, vneg", "1 each"
    vabs.f32 s0, s1
    vneg.f32 s0, s0
    end
    kernel 3, "vcvt, vcvt back", "a result used at once: 1"
    vcvt.s32.f32 s0, s1
    vcvt.f32.s32 s0, s0
    end
    kernel 4, "vadd, vstr of it", "a result used at once: 1"
    vadd.f32 s0, s1, s2
    vstr s0, [r1]
    end

    .balign 4
literal:
    .word 0x12345678
    defaults
    .subsection 1
table_end:
    .subsection 0
