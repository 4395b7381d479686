/* The good one. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const uint32_t steps[] = {1, 2, 5, 10};

static uint32_t step(uint32_t number)
{
    return steps[number % (sizeof(steps) / sizeof(steps[0]))];
}

void fixture_init(struct fixture *fixture, uint32_t number)
{
    fixture->count = step(number) / (number + 1);
    hil_led_toggle(fixture->led);
}
