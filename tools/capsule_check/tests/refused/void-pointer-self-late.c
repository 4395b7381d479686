// Takes self for a type behind the first statement, and puts another into it first.
#include <stdint.h>

struct evil {
    uint32_t *address;
};

static void called(void *self)
{
    uint32_t number = 4;
    self = &number;           // REFUSED
    struct evil *evil = self; // REFUSED
    *evil->address = 1;
}
