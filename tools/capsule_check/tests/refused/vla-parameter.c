// Parameters that look like arrays: nobody checks their size.
#include <stdint.h>

static uint8_t get(uint8_t bytes[4]) // REFUSED
{
    return bytes[1000]; // REFUSED by index
}

static uint8_t get_static(uint8_t bytes[static 4]) // REFUSED
{
    return bytes[1000]; // REFUSED by index
}

static uint8_t get_open(uint8_t bytes[]) // REFUSED
{
    return *bytes; // REFUSED
}
