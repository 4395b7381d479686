#include "apps/lib/rng.h"

#include <stdbool.h>

#include "kernel/abi/drivers.h"

/* The request that nobody waits for, until its upcall has run: the driver would drop it for another
 * one, and its upcall, waiting, would be taken for that of bytes yet to come. */
static struct {
    bool under_way;
    syscall_upcall upcall;
    void *userdata;
} request;

static void stop_lending(void)
{
    (void)syscall_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, NULL, 0);
}

static int start(void *bytes, size_t count)
{
    int status = syscall_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, bytes, count);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_RNG, ABI_RNG_GET, (uint32_t)count, 0);
    }
    if (status != K_OK) {
        stop_lending();
    }
    return status;
}

int rng_get(void *bytes, size_t count)
{
    int status = request.under_way ? K_EBUSY : start(bytes, count);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
        stop_lending();
    }
    return status;
}

static void done(uint32_t status, uint32_t bytes, uint32_t unused, void *userdata)
{
    (void)userdata;
    stop_lending();
    request.under_way = false;
    if (request.upcall != NULL) {
        request.upcall(status, bytes, unused, request.userdata);
    }
}

int rng_get_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    if (request.under_way) {
        return K_EBUSY;
    }
    int status = syscall_subscribe(ABI_DRIVER_RNG, ABI_RNG_UPCALL_DONE, done, NULL);
    if (status == K_OK) {
        status = start(bytes, count);
    }
    if (status == K_OK) {
        request.upcall = upcall;
        request.userdata = userdata;
        request.under_way = true;
    }
    return status;
}
