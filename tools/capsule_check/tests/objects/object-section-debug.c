/* A loaded section that is called like one of debug information. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const uint32_t record __attribute__((section(".debug_fixture"), used)) = 1;
