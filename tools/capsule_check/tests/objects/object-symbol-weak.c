/* A definition that gives way, or takes the place of one that does. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void __attribute__((weak)) fixture_init(struct fixture *fixture, uint32_t number)
{
    fixture->count = number;
}
