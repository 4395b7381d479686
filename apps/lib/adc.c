#include "apps/lib/adc.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER      ABI_DRIVER_ADC
#define SAMPLE_BITS 16

static void take_back(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_ADC_RW_FIRST, NULL, 0);
    (void)syscall_allow_read_write(DRIVER, ABI_ADC_RW_SECOND, NULL, 0);
}

static struct request request = {
    .driver = DRIVER, .upcall_number = ABI_ADC_UPCALL_SAMPLED, .stop_lending = take_back};

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

static int start_buffer(uint32_t channel, uint32_t frequency_hz, uint16_t *samples, size_t count)
{
    int status = syscall_allow_read_write(DRIVER, ABI_ADC_RW_FIRST, samples, count * 2);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_ADC_BUFFER, channel, frequency_hz);
    }
    return request_check(&request, status);
}

int adc_read_buffer(uint32_t channel, uint32_t frequency_hz, uint16_t *samples, size_t count)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = start_buffer(channel, frequency_hz, samples, count);
    }
    if (status == K_OK) {
        (void)request_wait(&request);
    }
    return status;
}

int adc_read_buffer_async(uint32_t channel, uint32_t frequency_hz, uint16_t *samples, size_t count,
                          syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK
               ? request_leave(&request, start_buffer(channel, frequency_hz, samples, count))
               : status;
}

/* The upcalls go to the app: none of them is the last. */
static int start_repeated(uint32_t command, uint32_t channel, uint32_t frequency_hz,
                          syscall_upcall upcall, void *userdata)
{
    int status = syscall_subscribe(DRIVER, ABI_ADC_UPCALL_SAMPLED, upcall, userdata);
    if (status == K_OK) {
        status = syscall_command(DRIVER, command, channel, frequency_hz);
    }
    return request_leave(&request, request_check(&request, status));
}

int adc_repeat(uint32_t channel, uint32_t frequency_hz, syscall_upcall upcall, void *userdata)
{
    int status = request_is_free(&request);
    return status == K_OK ? start_repeated(ABI_ADC_REPEAT, channel, frequency_hz, upcall, userdata)
                          : status;
}

int adc_repeat_buffers(uint32_t channel, uint32_t frequency_hz, uint16_t *first, uint16_t *second,
                       size_t count, syscall_upcall upcall, void *userdata)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = syscall_allow_read_write(DRIVER, ABI_ADC_RW_FIRST, first, count * 2);
    }
    if (status == K_OK) {
        status = syscall_allow_read_write(DRIVER, ABI_ADC_RW_SECOND, second, count * 2);
    }
    return status == K_OK ? start_repeated(ABI_ADC_BUFFERS, channel, frequency_hz, upcall, userdata)
                          : request_check(&request, status);
}

int adc_stop(void)
{
    int status = syscall_command(DRIVER, ABI_ADC_STOP, 0, 0);
    /* Forgets upcalls that wait already. */
    (void)syscall_subscribe(DRIVER, ABI_ADC_UPCALL_SAMPLED, NULL, NULL);
    request.under_way = false;
    take_back();
    return status;
}
