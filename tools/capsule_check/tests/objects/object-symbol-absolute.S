/* A name for an address. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .global fixture_uart
    .set fixture_uart, 0x40002000
