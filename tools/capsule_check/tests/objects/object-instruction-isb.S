/* A barrier. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    isb
    bx lr
    .size fixture_init, . - fixture_init
