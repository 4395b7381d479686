#include "apps/lib/screen.h"

#include "kernel/abi/drivers.h"

static int run(uint32_t command, uint32_t argument0, uint32_t argument1)
{
    int status = syscall_command(ABI_DRIVER_SCREEN, command, argument0, argument1);
    if (status == K_OK) {
        struct syscall_return upcall =
            syscall_yield_wait_for(ABI_DRIVER_SCREEN, ABI_SCREEN_UPCALL_DONE);
        status = -(int)upcall.values[0];
    }
    return status;
}

static int run_with_pixels(uint32_t command, const void *pixels, size_t bytes)
{
    int status = syscall_allow_read_only(ABI_DRIVER_SCREEN, ABI_SCREEN_RO_PIXELS, pixels, bytes);
    if (status == K_OK) {
        status = run(command, bytes, 0);
    }
    (void)syscall_allow_read_only(ABI_DRIVER_SCREEN, ABI_SCREEN_RO_PIXELS, NULL, 0);
    return status;
}

int screen_size(uint32_t *width, uint32_t *height)
{
    struct syscall_return result =
        syscall_command_raw(ABI_DRIVER_SCREEN, ABI_SCREEN_RESOLUTION, 0, 0);
    if (result.variant != ABI_SUCCESS_U32_U32) {
        return result.variant == ABI_FAILURE ? -(int)result.values[0] : K_EBADRVAL;
    }
    *width = result.values[0];
    *height = result.values[1];
    return K_OK;
}

int screen_format(void)
{
    uint32_t format = 0;
    int status = syscall_command_u32(ABI_DRIVER_SCREEN, ABI_SCREEN_FORMAT, 0, 0, &format);
    return status == K_OK ? (int)format : status;
}

int screen_set_power(bool on)
{
    return run(ABI_SCREEN_SET_POWER, on, 0);
}

int screen_set_inverted(bool inverted)
{
    return run(ABI_SCREEN_SET_INVERTED, inverted, 0);
}

int screen_set_frame(uint16_t x, uint16_t y, uint16_t width, uint16_t height)
{
    return run(ABI_SCREEN_SET_FRAME, (uint32_t)x << 16 | y, (uint32_t)width << 16 | height);
}

int screen_write(const void *pixels, size_t bytes)
{
    return run_with_pixels(ABI_SCREEN_WRITE, pixels, bytes);
}

int screen_fill(const void *pixel, size_t bytes)
{
    return run_with_pixels(ABI_SCREEN_FILL, pixel, bytes);
}
