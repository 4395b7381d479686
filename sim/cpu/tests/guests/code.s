    .include "common.inc"
    vectors
    cases self_modifying, data_beside_code, flash_code, cut_code, loader, fp_off, fp_on, div_trap, unalign_trap, bkpt_case, stepping, exclusive, lock, systick_in_ram, branch_in_it, code_alias, cross_fetch

    .equ CODE, RAM + 0x2000

@ 0: a function in RAM, "movs r0, #n; bx lr", rewritten before each call
self_modifying:
    ldr r4, =CODE
    ldr r5, =0x47702000
    movs r6, #0
1:  orr r1, r5, r6
    str r1, [r4]
    dsb
    isb
    add r2, r4, #1
    blx r2
    cmp r0, r6
    bne lost
    adds r7, #1
    adds r6, #1
    cmp r6, #200
    bne 1b
    b done

@ 1: a counter in the page of the code that increments it
data_beside_code:
    ldr r4, =CODE
    adr r1, template
    ldm r1, {r2, r3, r5}
    stm r4, {r2, r3, r5}
    dsb
    isb
    ldr r6, =1000
2:  add r2, r4, #1
    blx r2
    subs r6, #1
    bne 2b
    ldr r7, [r4, #0x40]
    b done
    .balign 4
template:
    ldr r1, [r4, #0x40]
    adds r1, #1
    str r1, [r4, #0x40]
    bx lr
    nop
    nop

@ 2: flash programmed by the flash controller while it is code
flash_code:
    ldr r4, =0x9000
    ldr r5, =0x47702000
    movs r6, #0
3:  orr r1, r5, r6
    str r1, [r4]
    dsb
    isb
    add r2, r4, #1
    blx r2
    cmp r0, r6
    bne lost
    adds r7, #1
    adds r6, #1
    cmp r6, #20
    bne 3b
    b done

@ 3: execution runs into a region that may not be executed, in the middle of a page
cut_code:
    ldr r0, =0xE000ED90
    ldr r1, =SCS
    mov r2, #0x70000
    str r2, [r1, #0xD24]
    ldr r3, =0x8040 | 16
    str r3, [r0, #12]
    ldr r3, =0x16000009             @ 32 bytes, XN
    str r3, [r0, #16]
    movs r2, #5
    str r2, [r0, #4]
    dsb
    isb
    movs r7, #0
    ldr r2, =0x8030 + 1             @ nops from the test: "adds r7, #1"
    bx r2

@ 4: a loader: 2 KiB of code copied over code that has run, twice
loader:
    ldr r4, =CODE
    ldr r5, =0x37013701             @ adds r7, #1
    bl fill
    add r2, r4, #1
    blx r2
    ldr r5, =0x37023702             @ adds r7, #2
    bl fill
    add r2, r4, #1
    blx r2
    b done
fill:
    ldr r1, =512
    mov r2, r4
4:  str r5, [r2], #4
    subs r1, #1
    bne 4b
    ldr r5, =0x47704770
    str r5, [r2]
    dsb
    isb
    bx lr

@ 5: FP without CPACR
fp_off:
    bl enable
    movs r7, #1
    vmov.f32 s0, #1.0
    movs r7, #2
    b done

@ 6: FP on: the handler of irq0 and thread code both use it
fp_on:
    ldr r0, =0xE000ED88
    mov r1, #0xF00000
    str r1, [r0]
    dsb
    isb
    ldr r2, =SCS
    movs r3, #3
    str r3, [r2, #0x100]
    vmov.f32 s0, #1.0
    vmov.f32 s1, #2.0
    vmov.f32 s20, #4.0
    ldr r0, =DEVICE
    movs r1, #0
    str r1, [r0, #0x10]             @ irq0 now
    vadd.f32 s2, s0, s1
    vadd.f32 s2, s2, s20
    vmov r7, s2
    b done

@ 7: division by zero, trapped
div_trap:
    bl enable
    ldr r1, =SCS
    movs r2, #0x10
    ldr r3, [r1, #0xD14]
    orr r3, r2
    str r3, [r1, #0xD14]
    dsb
    movs r4, #0
    movs r5, #100
    movs r7, #1
    udiv r6, r5, r5
    add r7, r6
    udiv r6, r5, r4
    movs r7, #9
    b done

@ 8: unaligned access, trapped
unalign_trap:
    bl enable
    ldr r1, =SCS
    movs r2, #8
    ldr r3, [r1, #0xD14]
    orr r3, r2
    str r3, [r1, #0xD14]
    dsb
    ldr r4, =RAM + 0x400
    movs r7, #1
    ldr r6, [r4]
    adds r7, #1
    ldr r6, [r4, #1]
    movs r7, #9
    b done

@ 9: BKPT
bkpt_case:
    movs r7, #1
    bkpt #3
    movs r7, #2
    b done

@ 10: something to step through
stepping:
    movs r7, #0
    adds r7, #1
    cmp r7, #1
    itt eq
    addeq r7, #1
    addeq r7, #1
    ldr r1, =RAM + 0x800
    str r7, [r1]
    ldr r2, [r1]
    svc #1
    adds r7, #1
    bl leaf
    adds r7, #1
    b done
leaf:
    adds r7, #1
    bx lr

@ 11: an exception between LDREX and STREX makes STREX fail; without one it succeeds
exclusive:
    ldr r4, =RAM + 0x400
    ldrex r1, [r4]
    strex r5, r1, [r4]              @ 0
    ldrex r1, [r4]
    svc #1
    strex r6, r1, [r4]              @ 1
    b done

@ 12: a fault in HardFault
lock:
    ldr r1, =lock_table
    ldr r0, =SCS
    str r1, [r0, #0xD08]
    dsb
    udf #0
    .balign 128
lock_table:
    .word RAM + 0x8000, lock + 1, lock_fault + 1, lock_fault + 1
    .balign 4
lock_fault:
    udf #0

@ 13: the handler of SysTick runs from RAM; its vector table, too
systick_in_ram:
    ldr r4, =RAM + 0x4000
    movs r1, #0
    movs r2, #64
5:  ldr r3, [r1], #4
    str r3, [r4], #4
    subs r2, #1
    bne 5b
    ldr r4, =RAM + 0x4000
    ldr r1, =CODE + 1
    str r1, [r4, #60]
    adr r1, ram_handler
    ldm r1, {r2, r3, r5}
    ldr r1, =CODE
    stm r1, {r2, r3, r5}
    ldr r0, =SCS
    ldr r1, =0xD08
    str r4, [r0, r1]
    dsb
    movs r1, #99
    str r1, [r0, #0x14]
    str r1, [r0, #0x18]
    movs r1, #7
    str r1, [r0, #0x10]
    ldr r1, =RAM + 0x500
6:  ldr r7, [r1]
    cmp r7, #5
    blt 6b
    movs r2, #0
    str r2, [r0, #0x10]
    b done
    .balign 4
ram_handler:
    ldr r2, [r1]
    adds r2, #1
    str r2, [r1]
    bx lr
    nop
    nop

@ 14: UNPREDICTABLE: a branch in the middle of an IT block, to the IT instruction
branch_in_it:
    adr r1, 7f
    adds r1, #1
    movs r0, #0
    cmp r0, #0
    .balign 4
7:  .inst.n 0xBF01                  @ itttt eq
    .inst.n 0x4708                  @ bx r1
    nop
    nop
    nop
    b done

@ 15: as 0, executed where the same RAM appears again
code_alias:
    ldr r4, =CODE
    ldr r8, =0x00802001
    ldr r5, =0x47702000
    movs r6, #0
8:  orr r1, r5, r6
    str r1, [r4]
    dsb
    isb
    blx r8
    cmp r0, r6
    bne lost
    adds r7, #1
    adds r6, #1
    cmp r6, #50
    bne 8b
    b done

@ 16: jumps to the address at RAM; the 32 bytes (or what RASR at RAM + 8 says) at RAM + 4 may not
@ be executed
cross_fetch:
    ldr r0, =0xE000ED90
    ldr r1, =SCS
    mov r2, #0x70000
    str r2, [r1, #0xD24]
    ldr r4, =RAM
    ldr r3, [r4, #4]
    str r3, [r0, #12]
    ldr r3, [r4, #8]
    str r3, [r0, #16]
    movs r2, #5
    str r2, [r0, #4]
    dsb
    isb
    movs r7, #0
    ldr r2, [r4]
    bx r2

enable:
    ldr r1, =SCS
    mov r2, #0x70000
    str r2, [r1, #0xD24]
    bx lr

svcall:
    bx lr
irq0:
    vmov.f32 s0, #8.0
    vmov.f32 s1, #8.0
    vmov.f32 s2, #8.0
    ldr r0, =DEVICE
    movs r2, #1
    lsls r2, #31
    str r2, [r0, #0x10]
    bx lr
memmanage:
usagefault:
    ldr r1, =RAM
    ldr r2, =SCS
    ldr r0, [r2, #0xD28]
    str r0, [r1, #0x44]
    ldr r0, [sp, #24]
    str r0, [r1, #0x4C]
    b done
hardfault:
    movs r6, #3
    b done
    defaults
