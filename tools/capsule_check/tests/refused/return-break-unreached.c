// A break that the parser takes for never reached.
#include <stdint.h>

static uint32_t *get(uint32_t which, uint32_t *p) // REFUSED
{
    switch (which) {
    case 1:
        if (0) {
            break;
        }
        return p;
    default:
        return p;
    }
}
