/* Code of which nothing says that it is code. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .size fixture_init, . - fixture_init
    .section .text.fixture_more, "ax", %progbits
    .type fixture_more, %function
fixture_more:
    .word 0x4770DF00
