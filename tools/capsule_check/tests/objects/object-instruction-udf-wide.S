/* The wide one. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    .inst.w 0xF7F0A0F0
    bx lr
    .size fixture_init, . - fixture_init
