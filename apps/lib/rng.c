#include "apps/lib/rng.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_RNG

static void stop_lending(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_RNG_RW_BUFFER, NULL, 0);
}

static struct request request = {
    .driver = DRIVER, .upcall_number = ABI_RNG_UPCALL_DONE, .stop_lending = stop_lending};

static int start(void *bytes, size_t count)
{
    int status = syscall_allow_read_write(DRIVER, ABI_RNG_RW_BUFFER, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_RNG_GET, (uint32_t)count, 0);
    }
    return request_check(&request, status);
}

int rng_get(void *bytes, size_t count)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = start(bytes, count);
    }
    if (status == K_OK) {
        struct syscall_return upcall = request_wait(&request);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
    }
    return status;
}

int rng_get_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start(bytes, count)) : status;
}
