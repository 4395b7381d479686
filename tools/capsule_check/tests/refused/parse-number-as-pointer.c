// A number as an address, without a cast.
#include <stdint.h>

static uint32_t read(void)
{
    uint32_t *address = 0x20000000; // REFUSED
    return *address;
}
