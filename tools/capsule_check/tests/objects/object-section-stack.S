/* A place on the stack of the kernel. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .size fixture_init, . - fixture_init

    .section .stack, "aw", %nobits
    .space 64
