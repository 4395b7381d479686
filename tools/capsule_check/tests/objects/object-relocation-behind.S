/* An address behind the end of its object. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    ldr r0, =table + 4096
    bx lr
    .section .rodata.table, "a", %progbits
table:
    .word 1
