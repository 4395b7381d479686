#include "apps/lib/touch.h"

int touch_enable(void)
{
    return syscall_command(ABI_DRIVER_TOUCH, ABI_TOUCH_ENABLE, 0, 0);
}

int touch_disable(void)
{
    return syscall_command(ABI_DRIVER_TOUCH, ABI_TOUCH_DISABLE, 0, 0);
}

int touch_wait(struct touch_event *event)
{
    struct syscall_return upcall =
        syscall_yield_wait_for(ABI_DRIVER_TOUCH, ABI_TOUCH_UPCALL_SINGLE);
    event->status = (enum abi_touch_status)upcall.values[0];
    event->x = (uint16_t)(upcall.values[1] >> 16);
    event->y = (uint16_t)upcall.values[1];
    return K_OK;
}

int touch_count(void)
{
    uint32_t count = 0;
    int status = syscall_command_u32(ABI_DRIVER_TOUCH, ABI_TOUCH_COUNT, 0, 0, &count);
    return status == K_OK ? (int)count : status;
}

int touch_wait_gesture(void)
{
    return (int)syscall_yield_wait_for(ABI_DRIVER_TOUCH, ABI_TOUCH_UPCALL_GESTURE).values[0];
}

int touch_subscribe_gesture(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(ABI_DRIVER_TOUCH, ABI_TOUCH_UPCALL_GESTURE, upcall, userdata);
}

int touch_subscribe(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(ABI_DRIVER_TOUCH, ABI_TOUCH_UPCALL_SINGLE, upcall, userdata);
}
