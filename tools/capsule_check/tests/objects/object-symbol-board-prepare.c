/* The function that the boards may do without: defined here, it would run first of all. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void board_prepare(void);
void board_prepare(void)
{
}
