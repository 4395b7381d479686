#include "apps/lib/cycle_count.h"

#include "kernel/abi/drivers.h"

static int command(uint32_t number)
{
    return syscall_command(ABI_DRIVER_CYCLE_COUNT, number, 0, 0);
}

int cycle_count_start(void)
{
    return command(ABI_CYCLE_COUNT_START);
}

int cycle_count_read(uint64_t *cycles)
{
    return syscall_command_u64(ABI_DRIVER_CYCLE_COUNT, ABI_CYCLE_COUNT_READ, 0, 0, cycles);
}

int cycle_count_stop(void)
{
    return command(ABI_CYCLE_COUNT_STOP);
}

int cycle_count_reset(void)
{
    return command(ABI_CYCLE_COUNT_RESET);
}
