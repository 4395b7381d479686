/* A computed jump. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    tbb [pc, r0]
    .byte 1, 1
    bx lr
    .size fixture_init, . - fixture_init
