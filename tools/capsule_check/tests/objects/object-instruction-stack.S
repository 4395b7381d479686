/* Another stack. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    mov sp, r0
    bx lr
    .size fixture_init, . - fixture_init
