/* Masks interrupts. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    cpsid i
    bx lr
    .size fixture_init, . - fixture_init
