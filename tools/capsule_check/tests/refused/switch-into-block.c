// Jumps past an initialiser into a block: the pointer is whatever lies there.
#include <stdint.h>

static uint32_t get(uint32_t command, uint32_t *good)
{
    switch (command) {
        {
            uint32_t *p = good;
        case 1: // REFUSED
            return *p;
        }
    default:
        return 0;
    }
}
