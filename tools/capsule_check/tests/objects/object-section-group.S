/* A section of a group: the linker keeps one of those that others have, too. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .size fixture_init, . - fixture_init

    .section .text.memcpy, "axG", %progbits, memcpy, comdat
    bx lr
