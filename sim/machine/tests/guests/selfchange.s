@ Code that changes while it is code. The test picks a part by its address at RAM + 0; r7 tells the
@ result, and `done` is reached when all went well, `lost` otherwise.
    .include "common.inc"
    .equ CODE, RAM + 0x2000
    .equ ALIAS, 0x00802000  @ the same bytes
    .equ MOVS_R0, 0x47702000 @ movs r0, #n; bx lr
    .equ NVMC, 0x4001E000
    .equ UARTE, 0x40002000

    .word RAM + 0x8000
    .word reset + 1
    .rept 13
    .word lost + 1
    .endr
    .word systick + 1
    .rept 48
    .word lost + 1
    .endr

@ 0x100: the parts, for the test
    .word next_with_barriers, next_without, by_alias, into_alias, across_pages, unprivileged
    .word own_loop, by_interrupt, by_nvmc, by_dma, dma_into_loop, spin_in_ram, spin_in_flash, many
    .word many_nvmc, spin, done, data_now

reset:
    ldr r0, =RAM
    ldr r1, [r0]
    ldr r4, =CODE
    ldr r5, =MOVS_R0
    ldr r9, [r0, #4]        @ rounds, where the test decides
    movs r6, #0
    movs r7, #0
    bx r1

@ Copies r2 words from r1 to CODE.
copy:
    mov r3, r4
1:  ldr r0, [r1], #4
    str r0, [r3], #4
    subs r2, #1
    bne 1b
    dsb
    isb
    bx lr

@ A store into the instruction that follows, with what the architecture asks for: seen.
next_with_barriers:
    adr r1, barrier_template
    movs r2, #5
    bl copy
    ldr r1, =0x47702702     @ movs r7, #2; bx lr
    add r0, r4, #12
    add r2, r4, #1
    blx r2
    b done
    .balign 4
barrier_template:
    str r1, [r0]
    nop
    dsb
    isb
    movs r7, #1
    bx lr
    nop
    nop

@ Without barriers: at the latest when the code is entered again.
next_without:
    adr r1, bare_template
    movs r2, #2
    bl copy
    ldr r1, =0x47702702
    add r0, r4, #4
    add r2, r4, #1
    blx r2
    mov r8, r7
    add r2, r4, #1
    blx r2
    b done
    .balign 4
bare_template:
    str r1, [r0]
    nop
    movs r7, #1
    bx lr

@ r10: where it is stored, r8: where it runs; 200 times.
by_alias:
    mov r10, r4
    ldr r8, =ALIAS
    b change_and_call
into_alias:
    ldr r10, =ALIAS
    mov r8, r4
change_and_call:
    orr r1, r5, r6
    str r1, [r10]
    dsb
    isb
    add r2, r8, #1
    blx r2
    cmp r0, r6
    bne lost
    adds r7, #1
    adds r6, #1
    cmp r6, #200
    bne change_and_call
    b done

@ An instruction across two pages of 1 kB, of which only the second half changes.
across_pages:
    ldr r8, =CODE + 0x3FE
    movw r0, #0xF107        @ add.w r7, r7, #n
    strh r0, [r8]
    movw r0, #0x0700
    strh r0, [r8, #2]
    movw r0, #0x4770
    strh r0, [r8, #4]
1:  adds r6, #1
    strb r6, [r8, #2]
    dsb
    isb
    add r2, r8, #1
    blx r2
    cmp r6, #50
    bne 1b
    b done

unprivileged:
    movs r0, #1
    msr control, r0
    isb
    mov r10, r4
    mov r8, r4
    b change_and_call

@ A loop whose body writes the next round's body: 1 + 2 + ... + 100.
own_loop:
    adr r1, loop_template
    movs r2, #6
    bl copy
    movw r1, #0x3701        @ adds r7, #1, then #2, ...
    add r2, r4, #1
    blx r2
    b done
    .balign 4
loop_template:
    strh r1, [r4, #12]
    adds r1, #1
    dsb
    isb
    adds r7, #0
    adds r6, #1
    cmp r6, #100
    bne loop_template
    bx lr
    nop

@ Endless, until SysTick's handler writes a return into it.
by_interrupt:
    bl put_loop
    ldr r0, =0xE000E010
    ldr r1, =5000
    str r1, [r0, #4]
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    add r2, r4, #1
    blx r2
    adds r6, #1
    cmp r6, #20
    bne by_interrupt
    movs r7, #1
    b done
put_loop:
    ldr r0, =0xE7FD3701     @ adds r7, #1; b to it
    str r0, [r4]
    dsb
    isb
    bx lr
systick:
    ldr r0, =0xE000E010
    movs r1, #0
    str r1, [r0]
    movw r0, #0x4770
    tst r6, #1              @ by the one address and the other
    ite eq
    ldreq r1, =CODE
    ldrne r1, =ALIAS
    strh r0, [r1, #2]
    bx lr

@ Flash that is erased and programmed, r9 times: movs r0, #n in one page.
by_nvmc:
    mov r9, #20
    ldr r8, =0x9000
    ldr r10, =NVMC
1:  movs r0, #2
    str r0, [r10, #0x504]
    str r8, [r10, #0x508]
    movs r0, #1
    str r0, [r10, #0x504]
    orr r1, r5, r6
    str r1, [r8]
    movs r0, #0
    str r0, [r10, #0x504]
    dsb
    isb
    add r2, r8, #1
    blx r2
    cmp r0, r6
    bne lost
    adds r7, #1
    adds r6, #1
    cmp r6, r9
    bne 1b
    b done

@ The UARTE writes r9 functions of 4 bytes, one after the other, over each other.
start_rx:
    ldr r10, =UARTE
    movs r0, #8
    str r0, [r10, #0x514]   @ PSEL.RXD
    ldr r0, =0x01D60000
    str r0, [r10, #0x524]   @ 115200
    movs r0, #8
    str r0, [r10, #0x500]
    str r4, [r10, #0x534]   @ RXD.PTR
    movs r0, #4
    str r0, [r10, #0x538]   @ RXD.MAXCNT
    bx lr
by_dma:
    bl start_rx
1:  movs r0, #0
    str r0, [r10, #0x110]
    movs r0, #1
    str r0, [r10]           @ STARTRX
2:  ldr r0, [r10, #0x110]   @ ENDRX
    cmp r0, #0
    beq 2b
    add r2, r4, #1
    blx r2
    adds r7, r0
    adds r6, #1
    cmp r6, r9
    bne 1b
    b done

@ The processor runs in the buffer while it is filled: what comes lets it out.
dma_into_loop:
    bl put_loop
    bl start_rx
    movs r0, #1
    str r0, [r10]
    add r2, r4, #1
    blx r2
    movs r7, #1
    b done

@ For the debugger's writes.
spin_in_ram:
    bl put_loop
    add r2, r4, #1
    blx r2
    b done
    .balign 4
spin_in_flash:
    nop
    b spin_in_flash
    b done

@ r9 changes of a function in RAM, called each time.
many:
    uxtb r1, r6
    orr r1, r5
    str r1, [r4]
    dsb
    isb
    add r2, r4, #1
    blx r2
    adds r7, r0
    adds r6, #1
    cmp r6, r9
    bne many
    b done

@ r9 programmings of words of flash that lie in a page with code that runs each time.
many_nvmc:
    ldr r8, =0x9000
    ldr r10, =NVMC
    movs r0, #1
    str r0, [r10, #0x504]
    str r5, [r8]
1:  and r1, r6, #0xFF
    add r1, r8, r1, lsl #2
    mvn r0, #0
    str r0, [r1, #8]        @ programs ones: nothing changes but that it was written
    dsb
    isb
    add r2, r8, #1
    blx r2
    adds r6, #1
    cmp r6, r9
    bne 1b
    mov r7, r6
    b done

@ What was code once is data now: r9 stores, and then code again.
data_now:
    str r5, [r4]
    dsb
    isb
    add r2, r4, #1
    blx r2
1:  str r6, [r4]
    adds r6, #1
    cmp r6, r9
    bne 1b
    adds r0, r5, #9
    str r0, [r4]
    dsb
    isb
    add r2, r4, #1
    blx r2
    mov r7, r0
    b done

spin:
    b spin
    defaults
