// A function inside another, as the compiler would accept it.
#include <stdint.h>

static uint32_t outer(uint32_t value)
{
    uint32_t inner(uint32_t more)
    { // REFUSED
        return value + more;
    }
    return inner(1); // REFUSED
}
