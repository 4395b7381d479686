/* A function that says which function is to be called. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .global fixture_choose
    .type fixture_choose, %gnu_indirect_function
fixture_choose:
    bx lr
