/* An address put together from halves. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    movw r0, #:lower16:fixture_init
    movt r0, #:upper16:fixture_init
    bx lr
