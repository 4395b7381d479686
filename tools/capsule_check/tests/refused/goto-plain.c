// Jumps.
#include <stdint.h>

static uint32_t get(uint32_t count)
{
again: // REFUSED
    if (count > 0) {
        count--;
        goto again; // REFUSED
    }
    return count;
}
