/* An address from the linker script. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

extern uint32_t kernel_stack_top[];
void fixture_init(struct fixture *fixture, uint32_t number)
{
    fixture->count = kernel_stack_top[0];
}
