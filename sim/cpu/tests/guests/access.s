@ One access each at r0, then a breakpoint; the faults' handler is a breakpoint, too. See
@ test_cpu_access.c, which knows the order.
    .include "common.inc"
    vectors
    cases a_ldrb, a_ldrh, a_ldr, a_ldrd, a_ldm, a_ldrt, a_vldr, a_it_ldr, a_strb, a_strh, a_str, a_strd, a_stm, a_strt, a_vstr, a_it_str, a_pop, a_push

    .macro one name, code
    .balign 4
\name:
    adds r7, #1             @ the access is not the first of its block
    \code
    bkpt #0
    .endm
    .macro conditional name, code
    .balign 4
\name:
    cmp r0, r0
    itt eq
    \code
    addeq r6, #1
    bkpt #0
    .endm
    one a_ldrb, "ldrb r1, [r0]"
    one a_ldrh, "ldrh r1, [r0]"
    one a_ldr, "ldr r1, [r0]"
    one a_ldrd, "ldrd r1, r2, [r0]"
    one a_ldm, "ldm r0, {r1-r3}"
    one a_ldrt, "ldrt r1, [r0]"
    one a_vldr, "vldr d0, [r0]"
    conditional a_it_ldr, "ldreq r1, [r0]"
    one a_strb, "strb r1, [r0]"
    one a_strh, "strh r1, [r0]"
    one a_str, "str r1, [r0]"
    one a_strd, "strd r1, r2, [r0]"
    one a_stm, "stm r0, {r1-r3}"
    one a_strt, "strt r1, [r0]"
    one a_vstr, "vstr d1, [r0]"
    conditional a_it_str, "streq r1, [r0]"
    .balign 4
a_pop:
    mov sp, r0
    pop {r1, r2}
    bkpt #0
    .balign 4
a_push:
    mov sp, r0
    push {r1, r2}
    bkpt #0

memmanage:
    bkpt #1
    defaults
