#include "apps/lib/storage.h"

#include "apps/lib/request.h"

#define DRIVER ABI_DRIVER_NVM_STORAGE

static void stop_lending_read(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_NVM_STORAGE_RW_READ, NULL, 0);
}

static void stop_lending_write(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_NVM_STORAGE_RO_WRITE, NULL, 0);
}

static struct request reading = {.driver = DRIVER,
                                 .upcall_number = ABI_NVM_STORAGE_UPCALL_READ,
                                 .stop_lending = stop_lending_read};
static struct request writing = {.driver = DRIVER,
                                 .upcall_number = ABI_NVM_STORAGE_UPCALL_WRITTEN,
                                 .stop_lending = stop_lending_write};

int storage_size(void)
{
    uint32_t size = 0;
    int status = syscall_command_u32(DRIVER, ABI_NVM_STORAGE_SIZE, 0, 0, &size);
    return status == K_OK ? (int)size : status;
}

static int start_read(uint32_t offset, void *bytes, size_t count)
{
    int status = syscall_allow_read_write(DRIVER, ABI_NVM_STORAGE_RW_READ, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_NVM_STORAGE_READ, offset, count);
    }
    return request_check(&reading, status);
}

static int start_write(uint32_t offset, const void *bytes, size_t count)
{
    int status = syscall_allow_read_only(DRIVER, ABI_NVM_STORAGE_RO_WRITE, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_NVM_STORAGE_WRITE, offset, count);
    }
    return request_check(&writing, status);
}

int storage_read(uint32_t offset, void *bytes, size_t count)
{
    int status = request_is_free(&reading);
    if (status == K_OK) {
        status = start_read(offset, bytes, count);
    }
    return status == K_OK ? (int)request_wait(&reading).values[0] : status;
}

int storage_write(uint32_t offset, const void *bytes, size_t count)
{
    int status = request_is_free(&writing);
    if (status == K_OK) {
        status = start_write(offset, bytes, count);
    }
    return status == K_OK ? (int)request_wait(&writing).values[0] : status;
}

int storage_read_async(uint32_t offset, void *bytes, size_t count, syscall_upcall upcall,
                       void *userdata)
{
    int status = request_subscribe(&reading, upcall, userdata);
    return status == K_OK ? request_leave(&reading, start_read(offset, bytes, count)) : status;
}

int storage_write_async(uint32_t offset, const void *bytes, size_t count, syscall_upcall upcall,
                        void *userdata)
{
    int status = request_subscribe(&writing, upcall, userdata);
    return status == K_OK ? request_leave(&writing, start_write(offset, bytes, count)) : status;
}
