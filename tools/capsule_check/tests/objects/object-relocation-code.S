/* An address in the middle of a function. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    nop
    ldr r0, =fixture_init + 2
    bx r0
