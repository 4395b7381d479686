// Calls itself through two others.
#include <stdint.h>

static uint32_t third(uint32_t number);

static uint32_t first(uint32_t number)
{
    return third(number) + 1;
}

static uint32_t second(uint32_t number)
{
    return first(number) + 2; // REFUSED
}

static uint32_t third(uint32_t number)
{
    return number > 3 ? second(number - 1) : 0;
}
