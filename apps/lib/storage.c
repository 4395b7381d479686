#include "apps/lib/storage.h"

#define DRIVER ABI_DRIVER_NVM_STORAGE

static int run(uint32_t command, uint32_t upcall_number, uint32_t offset, size_t count)
{
    int status = syscall_command(DRIVER, command, offset, count);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, upcall_number);
        status = (int)upcall.values[0];
    }
    return status;
}

int storage_size(void)
{
    uint32_t size = 0;
    int status = syscall_command_u32(DRIVER, ABI_NVM_STORAGE_SIZE, 0, 0, &size);
    return status == K_OK ? (int)size : status;
}

int storage_read(uint32_t offset, void *bytes, size_t count)
{
    int status = syscall_allow_read_write(DRIVER, ABI_NVM_STORAGE_RW_READ, bytes, count);
    if (status == K_OK) {
        status = run(ABI_NVM_STORAGE_READ, ABI_NVM_STORAGE_UPCALL_READ, offset, count);
    }
    (void)syscall_allow_read_write(DRIVER, ABI_NVM_STORAGE_RW_READ, NULL, 0);
    return status;
}

int storage_write(uint32_t offset, const void *bytes, size_t count)
{
    int status = syscall_allow_read_only(DRIVER, ABI_NVM_STORAGE_RO_WRITE, bytes, count);
    if (status == K_OK) {
        status = run(ABI_NVM_STORAGE_WRITE, ABI_NVM_STORAGE_UPCALL_WRITTEN, offset, count);
    }
    (void)syscall_allow_read_only(DRIVER, ABI_NVM_STORAGE_RO_WRITE, NULL, 0);
    return status;
}
