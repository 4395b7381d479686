// Copies bytes over whatever there is.
#include <stdint.h>

static void evil(uint32_t *to, const uint32_t *from)
{
    __builtin_memcpy(to, from, 400); // REFUSED
}
