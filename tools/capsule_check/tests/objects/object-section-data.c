/* State outside the instance, with a value. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void fixture_init(struct fixture *fixture, uint32_t number)
{
    static uint32_t last = 7;
    fixture->count = last;
    last = number;
}
