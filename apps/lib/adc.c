#include "apps/lib/adc.h"

#include "kernel/abi/drivers.h"

#define SAMPLE_BITS 16

int adc_count(void)
{
    uint32_t count = 0;
    int status = syscall_command_u32(ABI_DRIVER_ADC, ABI_ADC_COUNT, 0, 0, &count);
    return status == K_OK ? (int)count : status;
}

int adc_read_millivolts(uint32_t channel, uint32_t *millivolts)
{
    uint32_t reference = 0;
    int status = syscall_command_u32(ABI_DRIVER_ADC, ABI_ADC_REFERENCE, 0, 0, &reference);
    if (status == K_OK) {
        status = syscall_command(ABI_DRIVER_ADC, ABI_ADC_SINGLE, channel, 0);
    }
    if (status == K_OK) {
        struct syscall_return upcall =
            syscall_yield_wait_for(ABI_DRIVER_ADC, ABI_ADC_UPCALL_SAMPLED);
        *millivolts = (uint32_t)((uint64_t)upcall.values[2] * reference >> SAMPLE_BITS);
    }
    return status;
}
