/* Sets and stops its alarm for ever. */
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

int main(void)
{
    for (;;) {
        (void)syscall_command_raw(ABI_DRIVER_ALARM, ABI_ALARM_SET_RELATIVE, 0, 0);
    }
}
