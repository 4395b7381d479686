/* A line in what the image says of the kernel's structures. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const uint32_t record __attribute__((section(".sandglass.info.records"), used)) = 1;
