// Takes memory of one type for another.
#include <stdint.h>

struct evil {
    uint32_t *address;
};

static uint32_t get(uint32_t *number, const uint32_t *constant)
{
    struct evil *evil = (struct evil *)number;    // REFUSED
    uint32_t *writable = (uint32_t *)constant;    // REFUSED
    uint32_t *same = (uint32_t *)number;          // REFUSED
    uint8_t(*bytes)[4] = (uint8_t(*)[4])number;   // REFUSED
    return *evil->address + *writable + *same + (*bytes)[0];
}
