// Takes self for two types.
#include <stdint.h>

struct evil {
    uint32_t *address;
};
struct numbers {
    uint32_t number;
};

static void called(void *self)
{
    struct evil *evil = self;
    struct numbers *numbers = self; // REFUSED
    numbers->number = 0x20000000;
    *evil->address = 1;
}
