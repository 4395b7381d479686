/* Calls what the manifest does not name; a header declares it. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void fixture_init(struct fixture *fixture, uint32_t number)
{
    kernel_reset();
}
