/* A reference that may stay open: nobody would miss it. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

extern void arch_halt(void) __attribute__((weak));
void fixture_init(struct fixture *fixture, uint32_t number)
{
    if (arch_halt) {
        arch_halt();
    }
}
