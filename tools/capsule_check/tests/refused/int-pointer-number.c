// Addresses as numbers.
#include <stdbool.h>
#include <stdint.h>

static uint32_t get(uint32_t *p, const char *text)
{
    uint32_t address = (uint32_t)p;         // REFUSED
    uintptr_t other = (uintptr_t)(text);    // REFUSED
    uint64_t wide = (uint64_t)(uintptr_t)p; // REFUSED
    bool fine = p;
    return address + (uint32_t)other + (uint32_t)wide + (fine ? 1u : 0u);
}
