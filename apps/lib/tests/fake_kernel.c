#include "apps/lib/tests/fake_kernel.h"

#include <string.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

struct fake_kernel fake_kernel;

int syscall_command(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1)
{
    struct fake_kernel *k = &fake_kernel;
    (void)argument1;
    k->command_number = (int)number;
    if (k->command_error != 0) {
        return k->command_error;
    }
    if (driver == ABI_DRIVER_CONSOLE && number == ABI_CONSOLE_WRITE) {
        size_t bytes = argument0 < k->allowed_bytes ? argument0 : k->allowed_bytes;
        memcpy(k->written + k->written_bytes, k->allowed, bytes);
        k->written_bytes += bytes;
        k->write_lengths[k->write_count++] = bytes;
    }
    return K_OK;
}

int syscall_command_u32(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1,
                        uint32_t *value)
{
    struct fake_kernel *k = &fake_kernel;
    if (driver != ABI_DRIVER_ALARM) {
        return K_ENODEVICE;
    }
    switch (number) {
    case ABI_ALARM_FREQUENCY:
        *value = k->frequency_hz;
        break;
    case ABI_ALARM_NOW:
        *value = k->now;
        break;
    case ABI_ALARM_SET_ABSOLUTE:
        k->alarm_references[k->alarm_count] = argument0;
        k->alarm_dts[k->alarm_count++] = argument1;
        k->now = argument0 + argument1;
        *value = k->now;
        break;
    default:
        return K_ENOSUPPORT;
    }
    return K_OK;
}

int syscall_subscribe(uint32_t driver, uint32_t number, syscall_upcall upcall, void *userdata)
{
    (void)driver;
    (void)number;
    (void)upcall;
    (void)userdata;
    return K_OK;
}

int syscall_allow_read_only(uint32_t driver, uint32_t number, const void *buffer, size_t bytes)
{
    (void)driver;
    (void)number;
    fake_kernel.allowed = buffer;
    fake_kernel.allowed_bytes = bytes;
    return K_OK;
}

int syscall_allow_read_write(uint32_t driver, uint32_t number, void *buffer, size_t bytes)
{
    (void)driver;
    (void)number;
    (void)buffer;
    (void)bytes;
    return K_OK;
}

struct syscall_return syscall_yield_wait_for(uint32_t driver, uint32_t number)
{
    struct fake_kernel *k = &fake_kernel;
    struct syscall_return upcall = {0, {k->now, k->now, 0}};
    if (driver == ABI_DRIVER_CONSOLE && number == ABI_CONSOLE_UPCALL_WRITTEN) {
        upcall.values[0] = (uint32_t)k->write_lengths[k->write_count - 1];
    }
    return upcall;
}
