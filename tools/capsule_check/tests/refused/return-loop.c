// A loop that the parser takes for endless.
#include <stdint.h>

static uint32_t *get(uint32_t *p) // REFUSED
{
    while (1) {
        if (*p == 0) {
            return p;
        }
    }
}
