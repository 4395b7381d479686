/* Sleeps until an event. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    wfe
    bx lr
    .size fixture_init, . - fixture_init
