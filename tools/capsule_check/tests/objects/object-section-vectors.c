/* A place in the vector table. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const uint32_t vector __attribute__((section(".vectors"), used)) = 0x20001000;
