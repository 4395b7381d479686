/* The manifest of another capsule. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(console, .needs = {LED});
