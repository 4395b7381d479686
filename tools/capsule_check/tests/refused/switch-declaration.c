// The same with a declaration that another case sees.
#include <stdint.h>

static uint32_t get(uint32_t command, uint32_t *good)
{
    switch (command) {
        uint32_t *first = good; // REFUSED
    case 0:
        return *first;
    case 1:
        command++;
        uint32_t *p = good; // REFUSED
        return *p;
    case 2:
        return *p;
    default:
        return 0;
    }
}
