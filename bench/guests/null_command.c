/* An app that asks the LED driver whether it exists, a thousand times, and ends. bench/run.py reads
 * from the event trace what each of these null commands costs. */
#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

#define COMMANDS 1000

int main(void)
{
    for (int i = 0; i < COMMANDS; i++) {
        (void)syscall_command_raw(ABI_DRIVER_LED, 0, 0, 0);
    }
    return 0;
}
