/* A jump through memory. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldr pc, [r0]
    bx lr
    .size fixture_init, . - fixture_init
