#include "apps/lib/sensor.h"

#include "kernel/abi/drivers.h"

static int start(uint32_t driver)
{
    return syscall_command(driver, ABI_SENSOR_READ, 0, 0);
}

int sensor_read(uint32_t driver, int32_t *value)
{
    int status = start(driver);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(driver, ABI_SENSOR_UPCALL_READY);
        *value = (int32_t)upcall.values[0];
        status = -(int)upcall.values[1];
    }
    return status;
}

int sensor_read_async(uint32_t driver, syscall_upcall upcall, void *userdata)
{
    int status = syscall_subscribe(driver, ABI_SENSOR_UPCALL_READY, upcall, userdata);
    return status == K_OK ? start(driver) : status;
}
