// What GNU C has besides.
#include <stdint.h>

static uint32_t get(uint32_t value, uint32_t other)
{
    uint32_t some = value ?: other; // REFUSED
    uint32_t last = (value++, other); // REFUSED
    uint32_t table[4] = {[0 ... 3] = 1}; // REFUSED
    switch (value) {
    case 1 ... 3: // REFUSED
        return some;
    default:
        return last + table[0];
    }
}
