// A type that is not named.
#include <stdint.h>

static uint32_t get(uint32_t value)
{
    typeof(value) copy = value; // REFUSED
    return copy;                // REFUSED by parse
}
