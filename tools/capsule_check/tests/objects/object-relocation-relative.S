/* A distance to something. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldr r0, 1f
    bx lr
    .align 2
1:  .word grant_error - .
