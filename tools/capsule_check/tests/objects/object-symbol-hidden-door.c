/* A name in front as it should be, but no header declares it. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void fixture_door(void);
void fixture_door(void)
{
}
