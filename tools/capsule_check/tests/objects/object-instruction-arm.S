/* The other instruction set. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .size fixture_init, . - fixture_init
    .section .text.fixture_more, "ax", %progbits
    .cpu arm7tdmi
    .arm
    bx lr
