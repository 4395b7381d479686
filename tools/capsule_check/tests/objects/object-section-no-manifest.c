/* No manifest. */
#include "tools/capsule_check/tests/objects/fixture.h"

void fixture_init(struct fixture *fixture, uint32_t number)
{
    fixture->count = number;
}
