/* A register that belongs to the process. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    .fpu fpv4-sp-d16
    vmov s0, r0
    bx lr
    .size fixture_init, . - fixture_init
