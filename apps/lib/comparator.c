#include "apps/lib/comparator.h"

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_ANALOG_COMPARATOR

static int ask(uint32_t command, uint32_t channel)
{
    uint32_t value = 0;
    int status = syscall_command_u32(DRIVER, command, channel, 0, &value);
    return status == K_OK ? (int)value : status;
}

int comparator_count(void)
{
    return ask(ABI_ANALOG_COMPARATOR_COUNT, 0);
}

int comparator_compare(uint32_t channel)
{
    return ask(ABI_ANALOG_COMPARATOR_COMPARE, channel);
}

int comparator_start(uint32_t channel)
{
    return syscall_command(DRIVER, ABI_ANALOG_COMPARATOR_START, channel, 0);
}

int comparator_stop(uint32_t channel)
{
    return syscall_command(DRIVER, ABI_ANALOG_COMPARATOR_STOP, channel, 0);
}

int comparator_wait(void)
{
    struct syscall_return upcall =
        syscall_yield_wait_for(DRIVER, ABI_ANALOG_COMPARATOR_UPCALL_ROSE);
    return (int)upcall.values[0];
}

int comparator_subscribe(syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(DRIVER, ABI_ANALOG_COMPARATOR_UPCALL_ROSE, upcall, userdata);
}
