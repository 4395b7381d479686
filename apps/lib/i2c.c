#include "apps/lib/i2c.h"

#include <string.h>

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_I2C_MASTER

static int run(uint32_t command, uint32_t argument0, uint32_t argument1, uint8_t *buffer)
{
    int status =
        syscall_allow_read_write(DRIVER, ABI_I2C_MASTER_RW_BUFFER, buffer, ABI_I2C_MASTER_MAX);
    if (status == K_OK) {
        status = syscall_command(DRIVER, command, argument0, argument1);
    }
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, ABI_I2C_MASTER_UPCALL_DONE);
        status = -(int)upcall.values[0];
    }
    (void)syscall_allow_read_write(DRIVER, ABI_I2C_MASTER_RW_BUFFER, NULL, 0);
    return status;
}

int i2c_write_read(uint8_t address, const void *out, size_t out_count, void *in, size_t in_count)
{
    uint8_t buffer[ABI_I2C_MASTER_MAX];
    if (out_count > sizeof(buffer) || in_count > sizeof(buffer)) {
        return K_ESIZE;
    }
    if (out_count > 0) {
        memcpy(buffer, out, out_count);
    }
    int status =
        run(ABI_I2C_MASTER_WRITE_READ, (uint32_t)out_count << 8 | address, in_count, buffer);
    if (status == K_OK && in_count > 0) {
        memcpy(in, buffer, in_count);
    }
    return status;
}

int i2c_write(uint8_t address, const void *bytes, size_t count)
{
    return i2c_write_read(address, bytes, count, NULL, 0);
}

int i2c_read(uint8_t address, void *bytes, size_t count)
{
    return i2c_write_read(address, NULL, 0, bytes, count);
}
