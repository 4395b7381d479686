// A function that takes whatever it is given.
#include <stdint.h>

static uint32_t none(); // REFUSED
static uint32_t none(void)
{
    return 1;
}
