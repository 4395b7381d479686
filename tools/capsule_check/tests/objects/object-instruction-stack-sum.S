/* The stack moved by a number that is not known. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    sub sp, sp, r0
    bx lr
    .size fixture_init, . - fixture_init
