/*
 * guard.S - calls of handles and clients (kernel/hil/guard.h), and where a trap lands.
 *
 * A landing is what a call into a capsule pushes: all that its caller needs to go on as if the call
 * had returned K_ENODEVICE. The landings of calls inside one another form a list, the innermost
 * first; struct arch_landing (arch.h) is this picture:
 *
 *   sp of the landing -> scopes open, outer, owner, r4-r11, lr
 */
    .syntax unified
    .cfi_sections .debug_frame
    .cpu cortex-m4
    .thumb

    .equ INNERMOST, 4
    .equ NODEVICE, -11

    /* A handle begins with {ops, self, owner}, a client with {function, self, owner}; owner is for
     * those alone that a capsule may offer. */
    .equ SELF, 4

    .section .bss.arch_guard, "aw", %nobits
    .align 2
    .global arch_guard
    .type arch_guard, %object
arch_guard:
    .space 12                           @ scopes_open, innermost, any_dead: loaded all at once
    .size arch_guard, 12

    .macro function name
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .endm

    /* The Nth op of a handle's table. */
    .macro nth_op name, number, then
    function \name\()_\number
    mov     r12, #(4 * \number)
    b       \then
    .endm

    .macro push_landing
    push    {r3-r11, lr}                @ r3: where the owner's place is
    .cfi_adjust_cfa_offset 40
    .cfi_rel_offset r4, 4
    .cfi_rel_offset r5, 8
    .cfi_rel_offset r6, 12
    .cfi_rel_offset r7, 16
    .cfi_rel_offset r8, 20
    .cfi_rel_offset r9, 24
    .cfi_rel_offset r10, 28
    .cfi_rel_offset r11, 32
    .cfi_rel_offset lr, 36
    .endm

    .section .text.guard_call, "ax", %progbits
    .align 2

/* hil_op_N(handle, ...): of a capsule, the Nth op, which is trusted code's. All arguments stay where
 * they are. */
    .cfi_startproc
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8
    nth_op  hil_op, \number, call_op
    .endr
call_op:
    cbz     r0, null_handle
    push    {r1}
    .cfi_adjust_cfa_offset 4
    ldr     r1, [r0]
    cbz     r1, null_handle
    ldr     r12, [r1, r12]
    ldr     r0, [r0, #SELF]
    pop     {r1}
    .cfi_adjust_cfa_offset -4
    bx      r12
    .cfi_endproc
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8
    .size hil_op_\number, . - hil_op_\number
    .endr

/* guard_op_N(handle, a, b, c): the Nth op, which may be a capsule's. */
    .cfi_startproc
    .irp number, 0, 1, 2, 3
    nth_op  guard_op, \number, call_guarded_op
    .endr
call_guarded_op:
    cbz     r0, null_handle
    .cfi_remember_state
    push_landing
    ldr     r4, [r0]
    cbz     r4, null_handle
    ldr     r12, [r4, r12]
    b       with_owner

/* A check of the caller's that failed: it counts as having trapped where lr says. */
function guard_null_handle
null_handle:
    udf     #255
    .size guard_null_handle, . - guard_null_handle

/* guard_tell(client, a, b, c). NULL: nobody is told. */
function guard_tell
    .cfi_restore_state
    .cfi_remember_state
    cbz     r0, nobody
    push_landing
    ldr     r12, [r0]
with_owner:
    ldrd    r0, r4, [r0, #SELF]
    b       enter

/* int guard_call(owner, function, self, a, b, c): b and c lie on the stack. */
function guard_call
    .cfi_restore_state
    .cfi_remember_state
    push_landing
    mov     r4, r0
    mov     r12, r1
    mov     r0, r2
    mov     r1, r3
    ldrd    r2, r3, [sp, #40]

/* Function r12, which is r4's, with r0 to r3. A client that a capsule has left zero names none. */
enter:
    cmp     r12, #0
    beq     nothing
    cbz     r4, trusted
    str     r4, [sp]
    ldr     r5, =arch_guard
    ldm     r5, {r6-r8}
    cmp     r8, #0
    bne     some_are_dead
alive:
    push    {r6, r7}
    .cfi_adjust_cfa_offset 8
    str     sp, [r5, #INNERMOST]
    blx     r12
    str     r7, [r5, #INNERMOST]
    add     sp, #8
    .cfi_adjust_cfa_offset -8
    pop     {r3-r11, pc}
trusted:
    blx     r12
    pop     {r3-r11, pc}
nothing:
    mvn     r0, #(-NODEVICE - 1)
    pop     {r3-r11, pc}
nobody:
    .cfi_restore_state
    bx      lr
    .cfi_endproc
    .irp number, 0, 1, 2, 3
    .size guard_op_\number, . - guard_op_\number
    .endr
    .size guard_tell, . - guard_tell
    .size guard_call, . - guard_call

/* Rarely, so it may take its time: is the one that is called among the dead? */
function some_are_dead
    .cfi_startproc
    .cfi_def_cfa_offset 40
    .cfi_offset lr, -4
    push    {r0-r3, r11, r12}
    .cfi_adjust_cfa_offset 24
    mov     r0, r4
    bl      guard_is_dead
    mov     r8, r0
    pop     {r0-r3, r11, r12}
    .cfi_adjust_cfa_offset -24
    cmp     r8, #0
    beq     alive
    b       nothing
    .cfi_endproc
    .size some_are_dead, . - some_are_dead

/* A trap goes on here, sp at the innermost landing, in thread mode and interruptible like any code of
 * the kernel. */
    .section .text.arch_landed, "ax", %progbits
    .align 2
    .global arch_landed
    .type arch_landed, %function
    .thumb_func
arch_landed:
    bl      kernel_trap_landed
    pop     {r5, r6}
    ldr     r4, =arch_guard
    str     r6, [r4, #INNERMOST]
    mvn     r0, #(-NODEVICE - 1)
    add     sp, #4
    pop     {r4-r11, pc}

/* What a call returns to when its caller has died meanwhile (arch_landing_abandon): on to the
 * landing under which that caller itself was called. */
    .global arch_abandoned
    .type arch_abandoned, %function
    .thumb_func
arch_abandoned:
    ldr     r4, =arch_guard
    ldr     r0, [r4, #INNERMOST]
    cbz     r0, 1f
    mov     sp, r0
    b       arch_landed
1:  ldr     r0, =kernel_stack_top
    mov     sp, r0
    b.w     kernel_resume
    .size arch_landed, . - arch_landed
