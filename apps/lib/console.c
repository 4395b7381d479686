#include "apps/lib/console.h"

#include <string.h>

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_CONSOLE

static void stop_lending_write(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_CONSOLE_RO_WRITE, NULL, 0);
}

static void stop_lending_read(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_CONSOLE_RW_READ, NULL, 0);
}

static struct request writing = {.driver = DRIVER,
                                 .upcall_number = ABI_CONSOLE_UPCALL_WRITTEN,
                                 .stop_lending = stop_lending_write};
static struct request reading = {
    .driver = DRIVER, .upcall_number = ABI_CONSOLE_UPCALL_READ, .stop_lending = stop_lending_read};

static int start_write(const void *bytes, size_t count)
{
    int status = syscall_allow_read_only(DRIVER, ABI_CONSOLE_RO_WRITE, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_CONSOLE_WRITE, (uint32_t)count, 0);
    }
    return request_check(&writing, status);
}

static int start_read(void *bytes, size_t count)
{
    int status = syscall_allow_read_write(DRIVER, ABI_CONSOLE_RW_READ, bytes, count);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_CONSOLE_READ, (uint32_t)count, 0);
    }
    return request_check(&reading, status);
}

int console_write(const void *bytes, size_t count)
{
    if (count == 0) {
        return 0;
    }
    int status = request_is_free(&writing);
    if (status == K_OK) {
        status = start_write(bytes, count);
    }
    return status == K_OK ? (int)request_wait(&writing).values[0] : status;
}

int console_print(const char *text)
{
    return console_write(text, strlen(text));
}

int console_read(void *bytes, size_t count)
{
    int status = request_is_free(&reading);
    if (status == K_OK) {
        status = start_read(bytes, count);
    }
    if (status == K_OK) {
        struct syscall_return upcall = request_wait(&reading);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
    }
    return status;
}

int console_write_async(const void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&writing, upcall, userdata);
    return status == K_OK ? request_leave(&writing, start_write(bytes, count)) : status;
}

int console_read_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&reading, upcall, userdata);
    return status == K_OK ? request_leave(&reading, start_read(bytes, count)) : status;
}

int console_read_abort(void)
{
    return syscall_command(DRIVER, ABI_CONSOLE_ABORT_READ, 0, 0);
}
