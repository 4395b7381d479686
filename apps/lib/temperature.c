#include "apps/lib/temperature.h"

#include "kernel/abi/drivers.h"

static int start(void)
{
    return syscall_command(ABI_DRIVER_TEMPERATURE, ABI_TEMPERATURE_READ, 0, 0);
}

int temperature_read(int32_t *centidegrees)
{
    int status = start();
    if (status == K_OK) {
        struct syscall_return upcall =
            syscall_yield_wait_for(ABI_DRIVER_TEMPERATURE, ABI_TEMPERATURE_UPCALL_READY);
        *centidegrees = (int32_t)upcall.values[0];
    }
    return status;
}

int temperature_read_async(syscall_upcall upcall, void *userdata)
{
    int status =
        syscall_subscribe(ABI_DRIVER_TEMPERATURE, ABI_TEMPERATURE_UPCALL_READY, upcall, userdata);
    return status == K_OK ? start() : status;
}
