#include "apps/lib/crc.h"

#define DRIVER ABI_DRIVER_CRC

int crc_compute(enum abi_crc_algorithm algorithm, const void *bytes, size_t count, uint32_t *value)
{
    int status = syscall_allow_read_only(DRIVER, ABI_CRC_RO_DATA, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_CRC_COMPUTE, algorithm, (uint32_t)count);
    }
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, ABI_CRC_UPCALL_DONE);
        status = -(int)upcall.values[0];
        if (status == K_OK) {
            *value = upcall.values[1];
        }
    }
    (void)syscall_allow_read_only(DRIVER, ABI_CRC_RO_DATA, NULL, 0);
    return status;
}
