/*
 * guard.S - calls into capsules (kernel/hil/guard.h) and where a trap lands.
 *
 * A landing is what guard_call pushes: all that its caller needs to go on as if the call had
 * returned K_ENODEVICE. The landings of calls inside one another form a list, the innermost first;
 * struct arch_landing (arch.h) is this picture:
 *
 *   sp of the landing -> unused, outer, owner, r4-r11, lr
 */
    .syntax unified
    .cpu cortex-m4
    .thumb

    .equ INNERMOST, 0                   @ then ANY_DEAD: both are loaded at once
    .equ NODEVICE, -11

    .section .bss.arch_guard, "aw", %nobits
    .align 2
    .global arch_guard
    .type arch_guard, %object
arch_guard:
    .space 8
    .size arch_guard, 8

/* int guard_call(owner, function, self, a, b, c): b and c lie on the stack. */
    .section .text.guard_call, "ax", %progbits
    .align 2
    .global guard_call
    .type guard_call, %function
    .thumb_func
guard_call:
    cbz     r0, trusted
    push    {r0, r4-r11, lr}
    ldr     r4, =arch_guard
    ldrd    r5, r6, [r4, #INNERMOST]
    cbnz    r6, some_are_dead
1:  push    {r3, r5}                    @ r3 keeps the stack on a multiple of 8
    str     sp, [r4, #INNERMOST]
    mov     r12, r1
    mov     r0, r2
    mov     r1, r3
    ldrd    r2, r3, [sp, #48]
    blx     r12
    str     r5, [r4, #INNERMOST]
    add     sp, #12
    pop     {r4-r11, pc}

trusted:
    mov     r12, r1
    mov     r0, r2
    mov     r1, r3
    ldrd    r2, r3, [sp]
    bx      r12

/* Rarely, so it may take its time: is the one that is called among the dead? */
some_are_dead:
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
    .size guard_call, . - guard_call
