#include "apps/lib/spi.h"

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_SPI_CONTROLLER

int spi_set_rate(uint32_t hertz)
{
    return syscall_command(DRIVER, ABI_SPI_CONTROLLER_SET_RATE, hertz, 0);
}

int spi_transfer(const void *out, void *in, size_t bytes)
{
    int status = syscall_allow_read_only(DRIVER, ABI_SPI_CONTROLLER_RO_WRITE, out, bytes);
    if (status == K_OK) {
        status = syscall_allow_read_write(DRIVER, ABI_SPI_CONTROLLER_RW_READ, in,
                                          in == NULL ? 0 : bytes);
    }
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_SPI_CONTROLLER_WRITE_READ, bytes, 0);
    }
    if (status == K_OK) {
        (void)syscall_yield_wait_for(DRIVER, ABI_SPI_CONTROLLER_UPCALL_DONE);
    }
    (void)syscall_allow_read_write(DRIVER, ABI_SPI_CONTROLLER_RW_READ, NULL, 0);
    (void)syscall_allow_read_only(DRIVER, ABI_SPI_CONTROLLER_RO_WRITE, NULL, 0);
    return status;
}
