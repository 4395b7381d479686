/* A trap that is not the compiler's. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    udf #1
    bx lr
    .size fixture_init, . - fixture_init
