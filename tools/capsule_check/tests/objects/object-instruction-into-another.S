/* A jump into the middle of an instruction, which is svc from there. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    b 1f + 2
1: .inst.w 0xF04FDF00
    bx lr
    .size fixture_init, . - fixture_init
