// Chooses what is cast.
#include <stdint.h>

static uint32_t get(uint32_t value)
{
    return _Generic(value, uint32_t: value, default: 0); // REFUSED
}
