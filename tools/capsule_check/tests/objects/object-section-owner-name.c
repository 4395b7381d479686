/* What it does wrong would be another capsule's fault. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const struct capsule other __attribute__((section("capsules"), used)) = {.name = "console"};
