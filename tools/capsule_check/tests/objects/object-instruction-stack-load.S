/* A stack pointer from memory. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldr sp, [r0]
    bx lr
    .size fixture_init, . - fixture_init
