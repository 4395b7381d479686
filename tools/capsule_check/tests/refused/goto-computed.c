// Jumps to where a table says.
#include <stdint.h>

static uint32_t get(uint32_t index) // REFUSED by return
{
    static const void *const places[] = {&&here, &&there}; // REFUSED
    goto *places[index & 1u];                              // REFUSED
here: // REFUSED
    return 0;
there: // REFUSED
    return 1;
}
