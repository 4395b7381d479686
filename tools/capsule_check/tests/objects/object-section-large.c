/* A constant that takes the flash. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

const uint8_t fixture_sound[65536] = {1};
const uint8_t *fixture_get(void);
const uint8_t *fixture_get(void)
{
    return fixture_sound;
}
