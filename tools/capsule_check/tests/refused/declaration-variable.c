// Declares variables of the kernel.
#include <stdint.h>

extern uint32_t kernel_state;            // REFUSED by global
extern const uint32_t kernel_table[100]; // REFUSED

static uint32_t get(void)
{
    extern const uint32_t kernel_other; // REFUSED
    return kernel_table[0] + kernel_other;
}
