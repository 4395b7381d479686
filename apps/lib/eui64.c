#include "apps/lib/eui64.h"

#include "kernel/abi/drivers.h"

int eui64_get(uint64_t *number)
{
    return syscall_command_u64(ABI_DRIVER_EUI64, ABI_EUI64_GET, 0, 0, number);
}
