/* A manifest that the linker fills in. */
    .syntax unified
    .cpu cortex-m4
    .thumb
    .section .capsule.manifest, "a", %progbits
    .ascii "fixture"
    .space 37
    .word fixture_init
    .section .text.fixture_init, "ax", %progbits
    .global fixture_init
    .type fixture_init, %function
    .thumb_func
fixture_init:
    bx lr
    .size fixture_init, . - fixture_init
