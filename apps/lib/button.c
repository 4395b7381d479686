#include "apps/lib/button.h"

#include "kernel/abi/drivers.h"

int button_count(void)
{
    uint32_t count;
    int status = syscall_command_u32(ABI_DRIVER_BUTTON, ABI_BUTTON_COUNT, 0, 0, &count);
    return status == K_OK ? (int)count : status;
}

int button_read(uint32_t index)
{
    uint32_t pressed;
    int status = syscall_command_u32(ABI_DRIVER_BUTTON, ABI_BUTTON_READ, index, 0, &pressed);
    return status == K_OK ? (int)pressed : status;
}

int button_enable(uint32_t index)
{
    return syscall_command(ABI_DRIVER_BUTTON, ABI_BUTTON_ENABLE, index, 0);
}

int button_disable(uint32_t index)
{
    return syscall_command(ABI_DRIVER_BUTTON, ABI_BUTTON_DISABLE, index, 0);
}

int button_wait(uint32_t *pressed)
{
    struct syscall_return upcall =
        syscall_yield_wait_for(ABI_DRIVER_BUTTON, ABI_BUTTON_UPCALL_CHANGED);
    *pressed = upcall.values[1];
    return (int)upcall.values[0];
}

int button_subscribe(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(ABI_DRIVER_BUTTON, ABI_BUTTON_UPCALL_CHANGED, upcall, userdata);
}
