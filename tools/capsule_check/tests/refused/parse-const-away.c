// Writes through a pointer that has lost its const.
#include <stdint.h>

static const uint32_t table[2] = {1, 2};

static void write(void)
{
    uint32_t(*p)[2] = &table; // REFUSED
    (*p)[0] = 3;
}
