/* A second owner: what traps in one name would go on under the other. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const struct capsule first __attribute__((section("capsules"), used)) = {.name = "first"};
static const struct capsule other __attribute__((section("capsules"), used)) = {.name = "other"};
