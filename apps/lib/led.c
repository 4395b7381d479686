#include "apps/lib/led.h"

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

int led_count(void)
{
    uint32_t count;
    int status = syscall_command_u32(ABI_DRIVER_LED, ABI_LED_COUNT, 0, 0, &count);
    return status == K_OK ? (int)count : status;
}

int led_on(uint32_t index)
{
    return syscall_command(ABI_DRIVER_LED, ABI_LED_ON, index, 0);
}

int led_off(uint32_t index)
{
    return syscall_command(ABI_DRIVER_LED, ABI_LED_OFF, index, 0);
}

int led_toggle(uint32_t index)
{
    return syscall_command(ABI_DRIVER_LED, ABI_LED_TOGGLE, index, 0);
}

int led_read(uint32_t index)
{
    uint32_t lit;
    int status = syscall_command_u32(ABI_DRIVER_LED, ABI_LED_READ, index, 0, &lit);
    return status == K_OK ? (int)lit : status;
}
