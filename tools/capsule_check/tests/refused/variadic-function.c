// Arguments without types.
#include <stdint.h>

static uint32_t evil(uint32_t count, ...) // REFUSED
{
    return count;
}

static uint32_t call(uint32_t *address)
{
    return evil(1, address); // REFUSED
}
