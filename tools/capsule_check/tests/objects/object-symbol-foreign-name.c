/* The name that another capsule would have: linked first, it takes its place. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

void led_init(void);
void led_init(void)
{
}
