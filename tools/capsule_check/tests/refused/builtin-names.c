// Other words that are the compiler's.
#include <stdint.h>

static uint32_t evil(uint32_t value)
{
    __auto_type copy = value;               // REFUSED
    __extension__ uint64_t wide = copy;     // REFUSED
    const char *name = __func__;            // REFUSED
    __typeof__(value) same = (uint32_t)wide; // REFUSED
    return same + (uint32_t)*name;
}
