/* A jump into what is called data. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    b 1f
    .align 2
1: .word 0x4770DF00
    bx lr
    .size fixture_init, . - fixture_init
