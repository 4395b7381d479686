/* A jump to a number. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    mov pc, r0
    bx lr
    .size fixture_init, . - fixture_init
