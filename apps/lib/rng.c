#include "apps/lib/rng.h"

#include "kernel/abi/drivers.h"

static int start(void *bytes, size_t count)
{
    int status = syscall_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, bytes, count);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_RNG, ABI_RNG_GET, (uint32_t)count, 0);
    }
    return status;
}

int rng_get(void *bytes, size_t count)
{
    int status = start(bytes, count);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
    }
    (void)syscall_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, NULL, 0);
    return status;
}

int rng_get_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    int status = syscall_subscribe(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE, upcall, userdata);
    return status == K_OK ? start(bytes, count) : status;
}
