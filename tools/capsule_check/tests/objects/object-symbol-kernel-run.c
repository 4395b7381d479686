/* One of the kernel's names. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void kernel_run(void);
void kernel_run(void)
{
}
