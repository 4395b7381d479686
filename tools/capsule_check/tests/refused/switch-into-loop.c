// Jumps into a loop.
#include <stdint.h>

static uint32_t get(uint32_t command)
{
    uint32_t sum = 0;
    switch (command) {
    case 0:
        for (uint32_t i = 0; i < 4; i++) {
        case 1: // REFUSED
            sum += i;
        }
        break;
    default:
        break;
    }
    return sum;
}
