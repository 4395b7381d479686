// A block with a value.
#include <stdint.h>

static uint32_t get(uint32_t value)
{
    return ({ // REFUSED
        uint32_t twice = value + value;
        twice;
    });
}
