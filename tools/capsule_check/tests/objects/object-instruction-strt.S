/* Stores as if unprivileged. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    strt r0, [r1]
    bx lr
    .size fixture_init, . - fixture_init
