/* A return address from elsewhere than the stack. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldmia r0!, {r1, pc}
    bx lr
    .size fixture_init, . - fixture_init
