/* Calls what no header of capsules declares. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void kernel_run(void);
void fixture_init(struct fixture *fixture, uint32_t number)
{
    kernel_run();
}
