/* A call to the middle of a function. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    nop
    bl fixture_init + 2
    bx lr
