#include "apps/lib/screen.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

static void stop_lending(void)
{
    (void)syscall_allow_read_only(ABI_DRIVER_SCREEN, ABI_SCREEN_RO_PIXELS, NULL, 0);
}

static struct request request = {.driver = ABI_DRIVER_SCREEN,
                                 .upcall_number = ABI_SCREEN_UPCALL_DONE,
                                 .stop_lending = stop_lending};

static int run(uint32_t command, uint32_t argument0, uint32_t argument1)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_SCREEN, command, argument0, argument1);
    }
    return status == K_OK ? -(int)request_wait(&request).values[0] : status;
}

static int start_pixels(uint32_t command, const void *pixels, size_t bytes)
{
    int status = syscall_allow_read_only(ABI_DRIVER_SCREEN, ABI_SCREEN_RO_PIXELS, pixels, bytes);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_SCREEN, command, bytes, 0);
    }
    return request_check(&request, status);
}

static int run_with_pixels(uint32_t command, const void *pixels, size_t bytes)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = start_pixels(command, pixels, bytes);
    }
    return status == K_OK ? -(int)request_wait(&request).values[0] : status;
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

int screen_set_frame_async(const struct screen_frame *frame, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    if (status != K_OK) {
        return status;
    }
    status = syscall_command(ABI_DRIVER_SCREEN, ABI_SCREEN_SET_FRAME,
                             (uint32_t)frame->x << 16 | frame->y,
                             (uint32_t)frame->width << 16 | frame->height);
    return request_leave(&request, status);
}

int screen_write_async(const void *pixels, size_t bytes, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start_pixels(ABI_SCREEN_WRITE, pixels, bytes))
                          : status;
}

int screen_fill_async(const void *pixel, size_t bytes, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start_pixels(ABI_SCREEN_FILL, pixel, bytes))
                          : status;
}
