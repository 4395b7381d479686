// A function that takes whatever it is given.
#include <stdint.h>

static uint32_t get(value) uint32_t value; // REFUSED
{
    return value;
}

static uint32_t none(); // REFUSED
static uint32_t none(void)
{
    return get(1);
}
