/* A declaration of its own with the name of something else behind it. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

extern void fixture_harmless(void) __asm__("kernel_panic");
void fixture_init(struct fixture *fixture, uint32_t number)
{
    fixture_harmless();
}
