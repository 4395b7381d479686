// A table of functions.
#include <stdint.h>

static void first(void)
{
}
static void second(void)
{
}
static void (*const table[2])(void) = {first, second}; // REFUSED

static void run(uint32_t index)
{
    table[index & 1u](); // REFUSED
}
