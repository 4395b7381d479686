/* State outside the instance. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static uint32_t count;

void fixture_init(struct fixture *fixture, uint32_t number)
{
    count += number;
    fixture->count = count;
}
