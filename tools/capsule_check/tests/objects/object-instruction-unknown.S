/* No instruction. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    .inst.w 0xFFFFFFFF
    bx lr
    .size fixture_init, . - fixture_init
