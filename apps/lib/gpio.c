#include "apps/lib/gpio.h"

static int command(enum abi_gpio_command number, uint32_t index, uint32_t argument)
{
    return syscall_command(ABI_DRIVER_GPIO, (uint32_t)number, index, argument);
}

int gpio_count(void)
{
    uint32_t count;
    int status = syscall_command_u32(ABI_DRIVER_GPIO, ABI_GPIO_COUNT, 0, 0, &count);
    return status == K_OK ? (int)count : status;
}

int gpio_enable_output(uint32_t index)
{
    return command(ABI_GPIO_ENABLE_OUTPUT, index, 0);
}

int gpio_set(uint32_t index)
{
    return command(ABI_GPIO_SET, index, 0);
}

int gpio_clear(uint32_t index)
{
    return command(ABI_GPIO_CLEAR, index, 0);
}

int gpio_toggle(uint32_t index)
{
    return command(ABI_GPIO_TOGGLE, index, 0);
}

int gpio_enable_input(uint32_t index, enum abi_gpio_pull pull)
{
    return command(ABI_GPIO_ENABLE_INPUT, index, (uint32_t)pull);
}

int gpio_read(uint32_t index)
{
    uint32_t level;
    int status = syscall_command_u32(ABI_DRIVER_GPIO, ABI_GPIO_READ, index, 0, &level);
    return status == K_OK ? (int)level : status;
}

int gpio_disable(uint32_t index)
{
    return command(ABI_GPIO_DISABLE, index, 0);
}

int gpio_enable_interrupt(uint32_t index, enum abi_gpio_edge edge)
{
    return command(ABI_GPIO_ENABLE_INTERRUPT, index, (uint32_t)edge);
}

int gpio_disable_interrupt(uint32_t index)
{
    return command(ABI_GPIO_DISABLE_INTERRUPT, index, 0);
}

int gpio_wait(uint32_t *level)
{
    struct syscall_return upcall = syscall_yield_wait_for(ABI_DRIVER_GPIO, ABI_GPIO_UPCALL_CHANGED);
    *level = upcall.values[1];
    return (int)upcall.values[0];
}

int gpio_subscribe(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(ABI_DRIVER_GPIO, ABI_GPIO_UPCALL_CHANGED, upcall, userdata);
}
