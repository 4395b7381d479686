#include "apps/lib/console.h"

#include <string.h>

#include "kernel/abi/drivers.h"

static int start_write(const void *bytes, size_t count)
{
    int status = syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, bytes, count);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_WRITE, (uint32_t)count, 0);
    }
    return status;
}

static int start_read(void *bytes, size_t count)
{
    int status = syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, bytes, count);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_READ, (uint32_t)count, 0);
    }
    return status;
}

int console_write(const void *bytes, size_t count)
{
    if (count == 0) {
        return 0;
    }
    int status = start_write(bytes, count);
    if (status == K_OK) {
        struct syscall_return upcall =
            syscall_yield_wait_for(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_WRITTEN);
        status = (int)upcall.values[0];
    }
    (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, NULL, 0);
    return status;
}

int console_print(const char *text)
{
    return console_write(text, strlen(text));
}

int console_read(void *bytes, size_t count)
{
    int status = start_read(bytes, count);
    if (status == K_OK) {
        struct syscall_return upcall =
            syscall_yield_wait_for(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_READ);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
    }
    (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, NULL, 0);
    return status;
}

int console_write_async(const void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    int status =
        syscall_subscribe(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_WRITTEN, upcall, userdata);
    return status == K_OK ? start_write(bytes, count) : status;
}

int console_read_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    int status = syscall_subscribe(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_READ, upcall, userdata);
    return status == K_OK ? start_read(bytes, count) : status;
}

int console_read_abort(void)
{
    return syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_ABORT_READ, 0, 0);
}
