// A name that looks like another.
#include <stdint.h>

static uint32_t get(void)
{
    uint32_t v\u0430lue = 1; // REFUSED
    return v\u0430lue; // REFUSED
}
