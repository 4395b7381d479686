/* Stops for a debugger. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bkpt #0
    bx lr
    .size fixture_init, . - fixture_init
