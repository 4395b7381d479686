/* An address by a local name. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldr r0, =uart
    bx lr
    .set uart, 0x40002000
