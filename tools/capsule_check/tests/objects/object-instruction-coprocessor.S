/* To a coprocessor. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    mcr p15, 0, r0, c7, c5, 0
    bx lr
    .size fixture_init, . - fixture_init
