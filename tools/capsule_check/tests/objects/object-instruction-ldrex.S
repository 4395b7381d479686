/* Exclusive access. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldrex r0, [r1]
    bx lr
    .size fixture_init, . - fixture_init
