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

int touch_subscribe(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(ABI_DRIVER_TOUCH, ABI_TOUCH_UPCALL_SINGLE, upcall, userdata);
}
