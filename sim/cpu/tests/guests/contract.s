@ Instructions whose handling by the engine the adapter relies on; see test_unicorn_contract.c.
    .include "common.inc"
    .equ ALIAS_PAGE, RAM + 0x1000   @ guarded by the test
    .equ CLOSED_PAGE, RAM + 0x2000  @ refused by the test
    vectors
    cases c_loop, c_svc, c_bkpt, c_udf, c_wfi, c_wfe, c_yield, c_bx_even, c_exc_return, c_v8m, c_refuse_str, c_refuse_ldm, c_refuse_it, c_refuse_fetch, c_guard, c_guard_it_ldr, c_guard_it_str, c_it_leak, c_store_load, c_cps, c_msr, c_isb, c_unaligned_store, c_ldrex_odd, c_coprocessor, c_udiv, c_it_stop, c_fp, c_monitor, c_pages, c_cross

c_loop:                             @ 0
    adds r0, #1
    adds r1, #1
    b c_loop
c_svc:                              @ 1
    nop
    svc #5
    nop
c_bkpt:                             @ 2
    nop
    bkpt #1
c_udf:                              @ 3
    nop
    udf #0
c_wfi:                              @ 4
    nop
    wfi
    nop
c_wfe:                              @ 5
    nop
    wfe
    nop
c_yield:                            @ 6
    nop
    yield
    nop
c_bx_even:                          @ 7
    ldr r0, =0x200
    bx r0
c_exc_return:                       @ 8
    ldr r0, =0xFFFFFFF9
    bx r0
c_v8m:                              @ 9
    nop
    .inst.w 0xE8D10FEF              @ LDAEX, ARMv8-M
c_refuse_str:                       @ 10
    ldr r0, =CLOSED_PAGE + 16
    movs r1, #1
    adds r2, #1
    str r1, [r0, #4]!
    adds r2, #1
    udf #0
c_refuse_ldm:                       @ 11
    ldr r0, =CLOSED_PAGE - 8
    ldmia r0!, {r1-r4}
    udf #0
c_refuse_it:                        @ 12
    ldr r0, =CLOSED_PAGE
    cmp r0, r0
    itt eq
    addeq r2, #1
    streq r1, [r0], #4
    adds r2, #1
    udf #0
c_refuse_fetch:                     @ 13
    ldr r0, =CLOSED_PAGE + 1
    bx r0
c_guard:                            @ 14
    ldr r0, =ALIAS_PAGE + 8
    movs r1, #7
    adds r2, #1
    str r1, [r0]
    ldr r3, [r0]
    ldrh r3, [r0, #2]
    ldr r3, [r0]
    adds r2, #1
    udf #0
c_guard_it_ldr:                     @ 15
    ldr r0, =ALIAS_PAGE + 8
    cmp r0, r0
    ittt eq
    addeq r2, #1
    ldreq r1, [r0]
    addeq r3, #1
    adds r3, #1
    udf #0
c_guard_it_str:                     @ 16
    ldr r0, =ALIAS_PAGE + 8
    cmp r0, r0
    ittt eq
    addeq r2, #1
    streq r1, [r0]
    addeq r3, #1
    adds r3, #1
    udf #0
c_it_leak:                          @ 17
    ldr r0, =ALIAS_PAGE
    movs r2, #0
    cmp r0, r0
    itt eq
    ldreq r1, [r0]
    cmpeq r0, #1                    @ not equal from here on
    b 1f
1:  adds r2, #1
    adds r2, #1
    udf #0
c_store_load:                       @ 18
    ldr r0, =RAM + 0x100
    ldr r1, [r0]
    str r1, [r0]
    udf #0
c_cps:                              @ 19
    cpsid i
    adds r0, #1
    udf #0
c_msr:                              @ 20
    movs r0, #0x20
    msr basepri, r0
    adds r0, #1
    udf #0
c_isb:                              @ 21
    isb
    adds r0, #1
    udf #0
c_unaligned_store:                  @ 22
    ldr r0, =ALIAS_PAGE + 1
    ldr r1, =0x44332211
    str r1, [r0]
    udf #0
c_ldrex_odd:                        @ 23
    ldr r0, =RAM + 0x101
    ldrex r1, [r0]
    udf #0
c_coprocessor:                      @ 24
    nop
    .inst.w 0xEE986661              @ MCR of coprocessor 6
c_udiv:                             @ 25
    movs r0, #9
    movs r1, #0
    udiv r2, r0, r1
    udf #0
c_it_stop:                          @ 26
    cmp r0, r0
    ittt eq
    addeq r1, #1
    addeq r1, #1
    addeq r1, #1
    adds r2, #1
    adds r2, #1
    udf #0
c_fp:                               @ 27
    vmov.f32 s0, #2.0
    vmul.f32 s31, s0, s0
    udf #0
c_monitor:                          @ 28
    ldr r0, =RAM + 0x100
    ldrex r1, [r0]
    b 2f
2:  strex r2, r1, [r0]
    udf #0
c_pages:                            @ 29
    ldr r0, =RAM + 0x3FC
    ldr r1, [r0]
    ldr r1, [r0, #4]
    ldr r1, [r0, #8]
    udf #0
c_cross:                            @ 30
    ldr r0, =ALIAS_PAGE - 2
    ldr r2, [r0, #2]                @ the page is known
    ldr r1, [r0]
    udf #0
    defaults
