/* Two grants in one capsule: the second would be no line of the manifest. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const struct grant first __attribute__((section("grants"), used)) = {4, 4, 0, 0, 0, 0};
static const struct grant second __attribute__((section("grants"), used)) = {4, 4, 0, 0, 0, 0};
