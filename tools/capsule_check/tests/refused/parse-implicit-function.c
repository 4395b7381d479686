// Calls a function of the kernel that no header declares.
#include <stdint.h>

uint32_t evil(void);
uint32_t evil(void)
{
    return process_memory(3); // REFUSED
}
