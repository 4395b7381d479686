// Attributes that place, name and call.
#include <stdint.h>

static const uint32_t vector __attribute__((section(".vectors"))) = 1; // REFUSED
static const uint32_t fixed __attribute__((at(0x20000000))) = 2;       // REFUSED

__attribute__((constructor)) static void early(void) // REFUSED
{
}

static void late(void) __attribute__((destructor)); // REFUSED
static void late(void)
{
}

static uint32_t get(void)
{
    return vector + fixed;
}
