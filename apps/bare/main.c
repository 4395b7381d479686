/* The smallest app that says anything: no C library to speak of, no memory of the kernel's for it.
 * The kernel's console prints the squares of 1 to 5. */
#include "apps/lib/low_level_debug.h"
#include "kernel/abi/drivers.h"

int main(void)
{
    for (uint32_t i = 1; i <= 5; i++) {
        low_level_debug_print2(i, i * i);
    }
    low_level_debug_alert(0x600D);
    return 0;
}
