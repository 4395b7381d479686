// Hides the cast in a macro.
#include <stdint.h>

struct evil {
    uint32_t *address;
};
#define AS_EVIL(p) ((struct evil *)(p))

static uint32_t get(uint32_t *number)
{
    return *AS_EVIL(number)->address; // REFUSED
}
