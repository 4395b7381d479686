#include "apps/lib/isolated_storage.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_ISOLATED_STORAGE

static void stop_lending_read(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_ISOLATED_STORAGE_RW_READ, NULL, 0);
}

static void stop_lending_write(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_ISOLATED_STORAGE_RO_WRITE, NULL, 0);
}

static struct request sizing = {.driver = DRIVER,
                                .upcall_number = ABI_ISOLATED_STORAGE_UPCALL_SIZE};
static struct request reading = {.driver = DRIVER,
                                 .upcall_number = ABI_ISOLATED_STORAGE_UPCALL_READ,
                                 .stop_lending = stop_lending_read};
static struct request writing = {.driver = DRIVER,
                                 .upcall_number = ABI_ISOLATED_STORAGE_UPCALL_WRITTEN,
                                 .stop_lending = stop_lending_write};

static int start_size(void)
{
    return request_check(&sizing, syscall_command(DRIVER, ABI_ISOLATED_STORAGE_SIZE, 0, 0));
}

static int start_read(uint32_t offset, void *bytes, size_t count)
{
    int status = syscall_allow_read_write(DRIVER, ABI_ISOLATED_STORAGE_RW_READ, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_ISOLATED_STORAGE_READ, offset, 0);
    }
    return request_check(&reading, status);
}

static int start_write(uint32_t offset, const void *bytes, size_t count)
{
    int status = syscall_allow_read_only(DRIVER, ABI_ISOLATED_STORAGE_RO_WRITE, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_ISOLATED_STORAGE_WRITE, offset, 0);
    }
    return request_check(&writing, status);
}

/* `status` is that of starting it. Bytes, or what the upcall says is wrong. */
static int wait_for(const struct request *request, int status)
{
    if (status != K_OK) {
        return status;
    }
    struct syscall_return upcall = request_wait(request);
    return upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
}

int isolated_storage_size(void)
{
    int status = request_is_free(&sizing);
    return wait_for(&sizing, status == K_OK ? start_size() : status);
}

int isolated_storage_read(uint32_t offset, void *bytes, size_t count)
{
    int status = request_is_free(&reading);
    return wait_for(&reading, status == K_OK ? start_read(offset, bytes, count) : status);
}

int isolated_storage_write(uint32_t offset, const void *bytes, size_t count)
{
    int status = request_is_free(&writing);
    return wait_for(&writing, status == K_OK ? start_write(offset, bytes, count) : status);
}

int isolated_storage_size_async(syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&sizing, upcall, userdata);
    return status == K_OK ? request_leave(&sizing, start_size()) : status;
}

int isolated_storage_read_async(uint32_t offset, void *bytes, size_t count, syscall_upcall upcall,
                                void *userdata)
{
    int status = request_subscribe(&reading, upcall, userdata);
    return status == K_OK ? request_leave(&reading, start_read(offset, bytes, count)) : status;
}

int isolated_storage_write_async(uint32_t offset, const void *bytes, size_t count,
                                 syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&writing, upcall, userdata);
    return status == K_OK ? request_leave(&writing, start_write(offset, bytes, count)) : status;
}
