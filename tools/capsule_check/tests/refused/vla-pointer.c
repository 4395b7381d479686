// Pointers to arrays whose size nobody knows, or somebody says.
#include <stdint.h>

static uint8_t get(uint32_t count)
{
    uint8_t bytes[4] = {0};
    uint8_t(*any)[] = &bytes;      // REFUSED
    uint8_t(*many)[count] = &bytes; // REFUSED
    return (uint8_t)((*any)[1000]  // REFUSED
                     + (*many)[1000]); // REFUSED
}
