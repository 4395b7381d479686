// A pointer of one type goes in, one of another comes out.
#include <stdint.h>

struct evil {
    uint32_t *address;
};

static uint32_t get(void *self)
{
    struct evil *evil = self;
    return *evil->address;
}

static uint32_t forge(uint32_t *number)
{
    return get(number); // REFUSED
}
