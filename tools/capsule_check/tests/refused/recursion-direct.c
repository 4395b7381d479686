// Calls itself.
#include <stdint.h>

static uint32_t sum(uint32_t number)
{
    return number == 0 ? 0 : number + sum(number - 1); // REFUSED
}
