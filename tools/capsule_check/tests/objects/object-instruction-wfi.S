/* Sleeps. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    wfi
    bx lr
    .size fixture_init, . - fixture_init
