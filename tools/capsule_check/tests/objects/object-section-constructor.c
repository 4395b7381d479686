/* A function that start-up code would call. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static void __attribute__((constructor, used)) first(void)
{
    *(volatile uint32_t *)0x40002000 = 1;
}
