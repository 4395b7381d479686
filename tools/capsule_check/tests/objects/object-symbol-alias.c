/* A second name for a function. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void fixture_init(struct fixture *fixture, uint32_t number)
{
    fixture->count = number;
}
void syscall_handle(void) __attribute__((alias("fixture_init")));
