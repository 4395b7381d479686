#include "apps/lib/crc.h"

#include "apps/lib/request.h"

#define DRIVER ABI_DRIVER_CRC

static void stop_lending(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_CRC_RO_DATA, NULL, 0);
}

static struct request request = {
    .driver = DRIVER, .upcall_number = ABI_CRC_UPCALL_DONE, .stop_lending = stop_lending};

static int start(enum abi_crc_algorithm algorithm, const void *bytes, size_t count)
{
    int status = syscall_allow_read_only(DRIVER, ABI_CRC_RO_DATA, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_CRC_COMPUTE, algorithm, (uint32_t)count);
    }
    return request_check(&request, status);
}

int crc_compute(enum abi_crc_algorithm algorithm, const void *bytes, size_t count, uint32_t *value)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = start(algorithm, bytes, count);
    }
    if (status == K_OK) {
        struct syscall_return upcall = request_wait(&request);
        status = -(int)upcall.values[0];
        if (status == K_OK) {
            *value = upcall.values[1];
        }
    }
    return status;
}

int crc_compute_async(enum abi_crc_algorithm algorithm, const void *bytes, size_t count,
                      syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start(algorithm, bytes, count)) : status;
}
