#include "apps/lib/spi.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_SPI_CONTROLLER

static void stop_lending(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_SPI_CONTROLLER_RW_READ, NULL, 0);
    (void)syscall_allow_read_only(DRIVER, ABI_SPI_CONTROLLER_RO_WRITE, NULL, 0);
}

static struct request request = {.driver = DRIVER,
                                 .upcall_number = ABI_SPI_CONTROLLER_UPCALL_DONE,
                                 .stop_lending = stop_lending};

static int ask(uint32_t command)
{
    uint32_t value = 0;
    int status = syscall_command_u32(DRIVER, command, 0, 0, &value);
    return status == K_OK ? (int)value : status;
}

int spi_set_rate(uint32_t hertz)
{
    return syscall_command(DRIVER, ABI_SPI_CONTROLLER_SET_RATE, hertz, 0);
}

int spi_rate(void)
{
    return ask(ABI_SPI_CONTROLLER_RATE);
}

int spi_set_mode(uint32_t mode)
{
    if (mode > 3) {
        return K_EINVAL;
    }
    int status = syscall_command(DRIVER, ABI_SPI_CONTROLLER_SET_POLARITY, mode >> 1, 0);
    return status == K_OK ? syscall_command(DRIVER, ABI_SPI_CONTROLLER_SET_PHASE, mode & 1, 0)
                          : status;
}

int spi_mode(void)
{
    int polarity = ask(ABI_SPI_CONTROLLER_POLARITY);
    int phase = ask(ABI_SPI_CONTROLLER_PHASE);
    return polarity < 0 ? polarity : phase < 0 ? phase : polarity * 2 + phase;
}

static int start(const void *out, void *in, size_t bytes)
{
    int status = syscall_allow_read_only(DRIVER, ABI_SPI_CONTROLLER_RO_WRITE, out, bytes);
    if (status == K_OK) {
        status = syscall_allow_read_write(DRIVER, ABI_SPI_CONTROLLER_RW_READ, in,
                                          in == NULL ? 0 : bytes);
    }
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_SPI_CONTROLLER_WRITE_READ, bytes, 0);
    }
    return request_check(&request, status);
}

int spi_transfer(const void *out, void *in, size_t bytes)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = start(out, in, bytes);
    }
    if (status == K_OK) {
        (void)request_wait(&request);
    }
    return status;
}

int spi_transfer_async(const void *out, void *in, size_t bytes, syscall_upcall upcall,
                       void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start(out, in, bytes)) : status;
}
