// The address of an array, and of a function, as a number.
#include <stdint.h>

static uint32_t get(void)
{
    uint8_t bytes[4] = {0};
    return (uint32_t)bytes   // REFUSED
           + (uint32_t)&bytes; // REFUSED
}
