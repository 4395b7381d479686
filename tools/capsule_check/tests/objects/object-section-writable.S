/* Constants that can be written. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .size fixture_init, . - fixture_init

    .section .rodata.fixture, "aw", %progbits
    .word 1
