/* A system call, made by the kernel. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    svc #0
    bx lr
    .size fixture_init, . - fixture_init
