// A default that leaves the switch.
#include <stdint.h>

static uint32_t get(uint32_t which, uint32_t *p) // REFUSED
{
    switch (which) {
    case 1:
        return *p;
    default:
        while (*p > 0) {
            break;
        }
        if (which > 2) {
            return 1;
        } else {
            return 2;
        }
    case 2:
        while (1) {
        }
    }
}
