#include "apps/lib/i2c.h"

#include <string.h>

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_I2C_MASTER

static void stop_lending(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_I2C_MASTER_RW_BUFFER, NULL, 0);
}

static struct request request = {
    .driver = DRIVER, .upcall_number = ABI_I2C_MASTER_UPCALL_DONE, .stop_lending = stop_lending};

static int start(uint8_t address, uint8_t *bytes, size_t out_count, size_t in_count)
{
    size_t count = out_count > in_count ? out_count : in_count;
    int status = count > ABI_I2C_MASTER_MAX ? K_ESIZE : K_OK;
    if (status == K_OK) {
        status = syscall_allow_read_write(DRIVER, ABI_I2C_MASTER_RW_BUFFER, bytes, count);
    }
    if (status != K_OK) {
        return status;
    }
    if (in_count == 0) {
        status = syscall_command(DRIVER, ABI_I2C_MASTER_WRITE, address, out_count);
    } else if (out_count == 0) {
        status = syscall_command(DRIVER, ABI_I2C_MASTER_READ, address, in_count);
    } else {
        status = syscall_command(DRIVER, ABI_I2C_MASTER_WRITE_READ,
                                 (uint32_t)out_count << 8 | address, in_count);
    }
    return request_check(&request, status);
}

int i2c_write_read(uint8_t address, const void *out, size_t out_count, void *in, size_t in_count)
{
    uint8_t buffer[ABI_I2C_MASTER_MAX];
    if (out_count > sizeof(buffer) || in_count > sizeof(buffer)) {
        return K_ESIZE;
    }
    int status = request_is_free(&request);
    if (out_count > 0) {
        memcpy(buffer, out, out_count);
    }
    if (status == K_OK) {
        status = start(address, buffer, out_count, in_count);
    }
    if (status == K_OK) {
        status = -(int)request_wait(&request).values[0];
    }
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

int i2c_write_read_async(uint8_t address, void *bytes, size_t out_count, size_t in_count,
                         syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start(address, bytes, out_count, in_count))
                          : status;
}
