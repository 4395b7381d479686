#include "apps/lib/heart_rate.h"

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_HEART_RATE

int heart_rate_on(void)
{
    return syscall_command(DRIVER, ABI_HEART_RATE_ON, 0, 0);
}

int heart_rate_off(void)
{
    return syscall_command(DRIVER, ABI_HEART_RATE_OFF, 0, 0);
}

int heart_rate_read(struct heart_rate_sample *sample)
{
    int status = syscall_command(DRIVER, ABI_HEART_RATE_READ, 0, 0);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, ABI_HEART_RATE_UPCALL_READY);
        status = -(int)upcall.values[0];
        sample->reflected = upcall.values[1];
        sample->ambient = upcall.values[2];
    }
    return status;
}

int heart_rate_read_async(syscall_upcall upcall, void *userdata)
{
    int status = syscall_subscribe(DRIVER, ABI_HEART_RATE_UPCALL_READY, upcall, userdata);
    return status == K_OK ? syscall_command(DRIVER, ABI_HEART_RATE_READ, 0, 0) : status;
}
