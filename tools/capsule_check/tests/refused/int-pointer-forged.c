// Numbers as addresses.
#include <stddef.h>
#include <stdint.h>

struct evil {
    uint32_t value;
};

static uint32_t get(uint32_t address)
{
    uint32_t *p = (uint32_t *)address;          // REFUSED
    struct evil *evil = (struct evil *)0;       // REFUSED
    uint32_t *zero = 0;                         // REFUSED
    const char *one = (const char *)(1 - 1);    // REFUSED
    return *p + evil->value + *zero + (one == NULL ? 1u : 0u);
}
