/* Sends an event. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    sev
    bx lr
    .size fixture_init, . - fixture_init
