    .include "common.inc"
    vectors
    cases switches, privileges, hardfault_off, barriers, hits, syscalls, dsb_only, code_of_others

    @ region \n at \base (register), attributes and size in \rasr (register); r0 is the MPU
    .macro region n, base, rasr
    orr r12, \base, #16
    orr r12, #\n
    str r12, [r0, #12]
    str \rasr, [r0, #16]
    .endm

enable_faults:
    ldr r1, =SCS
    mov r2, #0x70000
    str r2, [r1, #0xD24]
    ldr r0, =0xE000ED90
    bx lr

@ 0: the same store, allowed and refused in turn as region 0 changes; r7 counts stores that landed
switches:
    bl enable_faults
    movs r2, #5
    str r2, [r0, #4]                @ on, background region for privileged code
    ldr r3, =RAM + 0x400
    ldr r4, =0x03000013             @ 1 KiB, full
    ldr r5, =0x06000013             @ 1 KiB, read-only
    movs r8, #100
1:  region 0, r3, r4
    dsb
    isb
    str r8, [r3]
    adds r7, #1
    region 0, r3, r5
    dsb
    isb
    str r8, [r3, #4]                @ refused: the handler skips it
    ldr r9, [r3]
    cmp r9, r8
    bne lost
    subs r8, #1
    bne 1b
    b done

@ 1: privileged and unprivileged code see the same page in turn, without any MPU write between
privileges:
    bl enable_faults
    ldr r3, =RAM
    ldr r4, =0x0300001F             @ 64 KiB, full
    region 0, r3, r4
    ldr r3, =RAM + 0x4000
    ldr r4, =0x01000013             @ 1 KiB, privileged
    region 1, r3, r4
    movs r5, #0
    ldr r4, =0x06000025             @ flash, read-only, 512 kB
    region 2, r5, r4
    movs r2, #5
    str r2, [r0, #4]
    dsb
    isb
    ldr r3, =RAM + 0x4000
    movs r8, #50
2:  str r8, [r3]                    @ privileged: allowed
    ldr r5, [r3]
    add r7, r5
    movs r2, #1
    msr control, r2
    isb
    ldr r5, [r3]                    @ unprivileged: refused, skipped; the handler counts in RAM
    add r5, #0
    svc #0                          @ back to privileged
    subs r8, #1
    bne 2b
    b done

@ 2: in HardFault (HFNMIENA 0) the MPU is off, outside it is on again
hardfault_off:
    bl enable_faults
    movs r2, #0
    ldr r1, =SCS
    str r2, [r1, #0xD24]            @ everything escalates
    ldr r3, =RAM + 0x400
    ldr r4, =0x00000013             @ 1 KiB, no access
    region 0, r3, r4
    movs r2, #5
    str r2, [r0, #4]
    dsb
    isb
    movs r8, #10
3:  str r8, [r3]                    @ HardFault; its handler stores there and skips it
    subs r8, #1
    bne 3b
    cpsid f                         @ FAULTMASK: off, too
    ldr r7, [r3]
    adds r7, #100
    str r7, [r3, #4]
    ldr r6, [r3, #4]
    cpsie f
    str r8, [r3]                    @ HardFault again
    b done

@ 3: one reconfiguration of known length: str, str, str, dsb (4 cycles)
barriers:
    ldr r0, =0xE000ED90
    movs r1, #0x10
    movs r2, #0
    movs r3, #5
    nop
    str r1, [r0, #12]
    str r2, [r0, #16]
    str r3, [r0, #4]
    nop
    nop
    dsb
    isb
    b done

@ 4: known numbers of hits: 3 stores, 5 loads of RAM's region, 2 stores to the region above it
hits:
    bl enable_faults
    ldr r3, =RAM
    ldr r4, =0x0300001F
    region 0, r3, r4
    ldr r5, =RAM + 0x800
    ldr r4, =0x03000009             @ 32 bytes
    region 3, r5, r4
    movs r2, #5
    str r2, [r0, #4]
    dsb
    isb
    str r2, [r3]
    str r2, [r3, #4]
    str r2, [r3, #8]
    ldr r2, [r3]
    ldmia r3, {r6, r7, r8}
    ldrb r2, [r3, #4]
    str r2, [r5]
    strb r2, [r5, #31]
    b done

@ 5: system calls from unprivileged code on its own stack, counted
syscalls:
    ldr r0, =RAM + 0x6000
    msr psp, r0
    movs r0, #3
    msr control, r0
    isb
    ldr r4, =1000
    movs r5, #0
4:  svc #1
    add r5, r0
    subs r4, #1
    bne 4b
    movs r0, #0
    msr control, r0                 @ ignored: unprivileged
    mrs r6, control
    mrs r7, primask
    b done

@ 6: a DSB alone makes a change good for the data accesses after it
dsb_only:
    bl enable_faults
    movs r2, #5
    str r2, [r0, #4]
    ldr r3, =RAM + 0x400
    ldr r4, =0x03000013
    region 0, r3, r4
    dsb
    isb
    str r2, [r3]
    ldr r4, =0x06000013             @ read-only
    b 6f
6:  region 0, r3, r4
    dsb
    str r0, [r3]                    @ refused, skipped
    adds r7, #1
    b done

@ 7: code that gives its privilege up goes on in a page that unprivileged code may not fetch; r7 counts what ran
    .balign 1024
code_of_others:
    bl enable_faults
    ldr r3, =RAM
    ldr r4, =0x0300001F             @ 64 KiB, full
    region 0, r3, r4
    ldr r3, =1f
    ldr r4, =0x06000013             @ the next 1 KiB of flash, read-only
    region 1, r3, r4
    movs r2, #5
    str r2, [r0, #4]
    dsb
    isb
    movs r1, #1
    msr control, r1
    isb
    .rept 400
    adds r7, #1                     @ refused, skipped
    .endr
    .balign 1024
1:  svc 0
    b done
    .pool

svcall:
    tst lr, #4
    ite eq
    mrseq r0, msp
    mrsne r0, psp
    ldr r1, [r0, #24]
    ldrb r1, [r1, #-2]
    cbz r1, 5f
    str r1, [r0]                    @ svc 1: r0 = 1
    bx lr
5:  movs r1, #0
    msr control, r1
    isb
    bx lr

memmanage:
    ldr r0, [sp, #24]
    adds r0, #2
    str r0, [sp, #24]
    ldr r1, =RAM + 0x100
    ldr r0, [r1]
    adds r0, #1
    str r0, [r1]
    bx lr

hardfault:
    ldr r0, [sp, #24]
    adds r0, #2
    str r0, [sp, #24]
    ldr r1, =RAM + 0x400
    ldr r0, [r1]
    adds r0, #1
    str r0, [r1]
    bx lr
    defaults
