/* Reads a system register. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    mrs r0, msp
    bx lr
    .size fixture_init, . - fixture_init
