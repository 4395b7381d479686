// Reads the stack pointer.
#include <stdint.h>

static uint32_t get(void)
{
    uint32_t sp __asm__("sp"); // REFUSED
    return sp;
}
