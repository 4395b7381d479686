/* A constant with a call in it. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .section .rodata.table, "a", %progbits
    bl fixture_init
