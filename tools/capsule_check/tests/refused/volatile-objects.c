// Memory that changes by itself.
#include <stdint.h>

struct evil {
    volatile uint32_t flag; // REFUSED
};

static uint32_t get(volatile uint32_t *address) // REFUSED
{
    volatile uint32_t copy = *address; // REFUSED
    return copy + *(const volatile uint32_t *)address; // REFUSED
}
