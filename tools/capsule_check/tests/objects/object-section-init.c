/* A pointer among those that start-up code calls, by name. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static void first(void)
{
}
static void (*const entry)(void) __attribute__((section(".init_array"), used)) = first;
