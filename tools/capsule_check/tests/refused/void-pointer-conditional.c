// A condition of which one side has no type.
#include <stdint.h>

struct evil {
    uint32_t *address;
};

static uint32_t get(void *self, struct evil *good)
{
    struct evil *evil = good ? good : self; // REFUSED
    return *evil->address;
}
