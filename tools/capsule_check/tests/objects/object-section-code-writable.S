/* Code that can be written. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .size fixture_init, . - fixture_init

    .section .text.fixture_more, "awx", %progbits
    bx lr
