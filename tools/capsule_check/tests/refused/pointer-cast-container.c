// From a field to the struct that it may be in.
#include <stdint.h>

struct inner {
    uint32_t value;
};
struct outer {
    struct inner inner;
    uint32_t *address;
};

static uint32_t *get(struct inner *inner)
{
    return ((struct outer *)inner)->address; // REFUSED
}
