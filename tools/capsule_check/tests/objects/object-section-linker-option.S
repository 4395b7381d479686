/* A note to the linker. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .size fixture_init, . - fixture_init

    .section .note.fixture, "", %note
    .word 1
