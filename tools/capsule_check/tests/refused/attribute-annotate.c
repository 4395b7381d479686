// Marks of its own that mean something to the checker.
#include <stdint.h>

static uint32_t get(__attribute__((annotate("private"))) uint32_t value) // REFUSED
{
    return value; // REFUSED by private
}
