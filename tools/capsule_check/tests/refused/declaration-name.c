// Functions and constants under the names of others.
#include <stdint.h>

void kernel_start(void); // REFUSED
void kernel_start(void) // REFUSED
{
}

const uint32_t vectors[2] = {1, 2}; // REFUSED

uint32_t declaration_good(void);
uint32_t declaration_good(void)
{
    return vectors[0];
}
