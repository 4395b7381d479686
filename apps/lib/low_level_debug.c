#include "apps/lib/low_level_debug.h"

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

int low_level_debug_alert(uint32_t code)
{
    return syscall_command(ABI_DRIVER_LOW_LEVEL_DEBUG, ABI_LOW_LEVEL_DEBUG_ALERT, code, 0);
}

int low_level_debug_print(uint32_t value)
{
    return syscall_command(ABI_DRIVER_LOW_LEVEL_DEBUG, ABI_LOW_LEVEL_DEBUG_PRINT1, value, 0);
}

int low_level_debug_print2(uint32_t value0, uint32_t value1)
{
    return syscall_command(ABI_DRIVER_LOW_LEVEL_DEBUG, ABI_LOW_LEVEL_DEBUG_PRINT2, value0, value1);
}
