// Promises to the compiler, which believes them.
#include <stdint.h>

static uint32_t get(uint32_t *restrict a, uint32_t *restrict b) // REFUSED
{
    register uint32_t sum = *a; // REFUSED
    auto uint32_t more = *b;    // REFUSED
    return sum + more;
}
