// A function with other parameters.
#include <stdint.h>

static void target(uint32_t *address)
{
    *address = 1;
}

static void evil(void)
{
    ((void (*)(uint32_t))target)(0x20000000); // REFUSED
}
