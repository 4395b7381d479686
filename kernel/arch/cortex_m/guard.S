/*
 * guard.S - calls into capsules (kernel/hil/guard.h) and where a trap lands.
 *
 * A landing is what guard_call pushes: all that its caller needs to go on as if the call had
 * returned K_ENODEVICE. The landings of calls inside one another form a list, the innermost first;
 * struct arch_landing (arch.h) is this picture:
 *
 *   sp of the landing -> scopes open, outer, owner, r4-r11, lr
 */
    .syntax unified
    .cfi_sections .debug_frame
    .cpu cortex-m4
    .thumb

    .equ INNERMOST, 4
    .equ NODEVICE, -11

    .section .bss.arch_guard, "aw", %nobits
    .align 2
    .global arch_guard
    .type arch_guard, %object
arch_guard:
    .space 12                           @ scopes_open, innermost, any_dead: loaded all at once
    .size arch_guard, 12

/* int guard_call(owner, function, self, a, b, c): b and c lie on the stack. */
    .section .text.guard_call, "ax", %progbits
    .align 2
    .global guard_call
    .type guard_call, %function
    .thumb_func
guard_call:
    .cfi_startproc
    cbz     r0, trusted
    push    {r0, r4-r11, lr}
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
    ldr     r4, =arch_guard
    ldm     r4, {r5-r7}
    cbnz    r7, some_are_dead
1:  push    {r5, r6}
    .cfi_remember_state
    .cfi_adjust_cfa_offset 8
    str     sp, [r4, #INNERMOST]
    mov     r12, r1
    mov     r0, r2
    mov     r1, r3
    ldrd    r2, r3, [sp, #48]
    blx     r12
    str     r6, [r4, #INNERMOST]
    add     sp, #12
    pop     {r4-r11, pc}

/* A client that a capsule has left zero names no function. */
trusted:
    .cfi_restore_state
    .cfi_remember_state
    .cfi_def_cfa_offset 0
    .cfi_same_value lr
    cbz     r1, nobody
    mov     r12, r1
    mov     r0, r2
    mov     r1, r3
    ldrd    r2, r3, [sp]
    bx      r12
nobody:
    mvn     r0, #(-NODEVICE - 1)
    bx      lr

/* Rarely, so it may take its time: is the one that is called among the dead? */
some_are_dead:
    .cfi_restore_state
    mov     r7, r1
    mov     r8, r2
    mov     r9, r3
    bl      guard_is_dead
    mov     r1, r7
    mov     r2, r8
    mov     r3, r9
    cmp     r0, #0
    beq     1b
    mvn     r0, #(-NODEVICE - 1)
    add     sp, #4
    pop     {r4-r11, pc}
    .cfi_endproc
    .size guard_call, . - guard_call

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

/* What guard_call returns to when its caller has died meanwhile (arch_landing_abandon): on to the
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
