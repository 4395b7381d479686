/* A function of the compiler's library. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void __aeabi_uldivmod(void);
void __aeabi_uldivmod(void)
{
}
