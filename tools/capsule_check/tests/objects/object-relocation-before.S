/* An address in front of its object. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldr r0, =table - 4
    bx lr
    .section .rodata.table, "a", %progbits
table:
    .word 1
