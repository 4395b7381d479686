// Takes one struct for another by assigning the pointers.
#include <stdint.h>

struct own {
    uint32_t number;
};
struct other {
    uint8_t *address;
};

static uint8_t *forge(struct own *own)
{
    struct other *other = own; // REFUSED
    return other->address;
}
