// Braces around a single value.
#include <stdint.h>

static uint32_t get(uint32_t *where)
{
    uint32_t *p = {where}; // REFUSED
    return *p;
}
