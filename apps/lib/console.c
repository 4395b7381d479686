#include "apps/lib/console.h"

#include <stdbool.h>
#include <string.h>

#include "kernel/abi/drivers.h"

/* What was begun without waiting, until its upcall has run. Meanwhile its buffer must stay the
 * driver's, and its upcall must not be taken for that of another call. */
struct transfer {
    bool under_way;
    syscall_upcall upcall;
    void *userdata;
};
static struct transfer writing;
static struct transfer reading;

static void stop_lending_write(void)
{
    (void)syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, NULL, 0);
}

static void stop_lending_read(void)
{
    (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, NULL, 0);
}

static int start_write(const void *bytes, size_t count)
{
    int status = syscall_allow_read_only(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RO_WRITE, bytes, count);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_WRITE, (uint32_t)count, 0);
    }
    if (status != K_OK) {
        stop_lending_write();
    }
    return status;
}

static int start_read(void *bytes, size_t count)
{
    int status = syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, bytes, count);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_READ, (uint32_t)count, 0);
    }
    if (status != K_OK) {
        stop_lending_read();
    }
    return status;
}

static void finish(struct transfer *transfer, uint32_t argument0, uint32_t argument1)
{
    transfer->under_way = false;
    if (transfer->upcall != NULL) {
        transfer->upcall(argument0, argument1, 0, transfer->userdata);
    }
}

static void written(uint32_t bytes, uint32_t unused0, uint32_t unused1, void *userdata)
{
    (void)unused0;
    (void)unused1;
    stop_lending_write();
    finish(userdata, bytes, 0);
}

static void received(uint32_t status, uint32_t bytes, uint32_t unused, void *userdata)
{
    (void)unused;
    stop_lending_read();
    finish(userdata, status, bytes);
}

int console_write(const void *bytes, size_t count)
{
    if (count == 0) {
        return 0;
    }
    int status = writing.under_way ? K_EBUSY : start_write(bytes, count);
    if (status == K_OK) {
        struct syscall_return upcall =
            syscall_yield_wait_for(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_WRITTEN);
        status = (int)upcall.values[0];
        stop_lending_write();
    }
    return status;
}

int console_print(const char *text)
{
    return console_write(text, strlen(text));
}

int console_read(void *bytes, size_t count)
{
    int status = reading.under_way ? K_EBUSY : start_read(bytes, count);
    if (status == K_OK) {
        struct syscall_return upcall =
            syscall_yield_wait_for(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_READ);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
        stop_lending_read();
    }
    return status;
}

int console_write_async(const void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    if (writing.under_way) {
        return K_EBUSY;
    }
    int status =
        syscall_subscribe(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_WRITTEN, written, &writing);
    if (status == K_OK) {
        status = start_write(bytes, count);
    }
    if (status == K_OK) {
        writing = (struct transfer){true, upcall, userdata};
    }
    return status;
}

int console_read_async(void *bytes, size_t count, syscall_upcall upcall, void *userdata)
{
    if (reading.under_way) {
        return K_EBUSY;
    }
    int status = syscall_subscribe(ABI_DRIVER_CONSOLE, ABI_CONSOLE_UPCALL_READ, received, &reading);
    if (status == K_OK) {
        status = start_read(bytes, count);
    }
    if (status == K_OK) {
        reading = (struct transfer){true, upcall, userdata};
    }
    return status;
}

int console_read_abort(void)
{
    return syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_ABORT_READ, 0, 0);
}
