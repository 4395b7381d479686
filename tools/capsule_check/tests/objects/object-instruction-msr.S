/* Switches the rights of thread mode. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    msr control, r0
    bx lr
    .size fixture_init, . - fixture_init
