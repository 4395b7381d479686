#include "apps/lib/adc.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER      ABI_DRIVER_ADC
#define SAMPLE_BITS 16

static struct request request = {.driver = DRIVER, .upcall_number = ABI_ADC_UPCALL_SAMPLED};

static int ask(uint32_t command)
{
    uint32_t value = 0;
    int status = syscall_command_u32(DRIVER, command, 0, 0, &value);
    return status == K_OK ? (int)value : status;
}

int adc_count(void)
{
    return ask(ABI_ADC_COUNT);
}

int adc_resolution_bits(void)
{
    return ask(ABI_ADC_RESOLUTION);
}

int adc_reference_millivolts(void)
{
    return ask(ABI_ADC_REFERENCE);
}

int adc_read_millivolts(uint32_t channel, uint32_t *millivolts)
{
    int reference = adc_reference_millivolts();
    int status = reference < 0 ? reference : request_is_free(&request);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_ADC_SINGLE, channel, 0);
    }
    if (status == K_OK) {
        uint32_t sample = request_wait(&request).values[2];
        *millivolts = (uint32_t)((uint64_t)sample * (uint32_t)reference >> SAMPLE_BITS);
    }
    return status;
}

int adc_read_async(uint32_t channel, syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK
               ? request_leave(&request, syscall_command(DRIVER, ABI_ADC_SINGLE, channel, 0))
               : status;
}
