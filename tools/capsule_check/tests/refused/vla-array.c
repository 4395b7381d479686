// Arrays as long as somebody says.
#include <stdint.h>

struct open {
    uint32_t count;
    uint8_t bytes[]; // REFUSED
};

struct none {
    uint32_t count;
    uint8_t bytes[0]; // REFUSED
};

static uint32_t get(uint32_t count)
{
    uint8_t bytes[count]; // REFUSED
    return sizeof bytes;  // REFUSED
}
