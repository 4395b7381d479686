#include "apps/lib/buzzer.h"

#include "apps/lib/request.h"

#define DRIVER ABI_DRIVER_BUZZER

static struct request request = {.driver = DRIVER, .upcall_number = ABI_BUZZER_UPCALL_DONE};

static int start(uint32_t frequency_hz, uint32_t duration_ms)
{
    return syscall_command(DRIVER, ABI_BUZZER_BUZZ, frequency_hz, duration_ms);
}

int buzzer_tone(uint32_t frequency_hz, uint32_t duration_ms)
{
    int status = request_is_free(&request);
    if (status == K_OK) {
        status = start(frequency_hz, duration_ms);
    }
    return status == K_OK ? -(int)request_wait(&request).values[0] : status;
}

int buzzer_tone_async(uint32_t frequency_hz, uint32_t duration_ms, syscall_upcall upcall,
                      void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start(frequency_hz, duration_ms)) : status;
}

int buzzer_change(uint32_t frequency_hz, uint32_t duration_ms)
{
    return request.under_way
               ? syscall_command(DRIVER, ABI_BUZZER_BUZZ_NOW, frequency_hz, duration_ms)
               : K_EOFF;
}

int buzzer_stop(void)
{
    return syscall_command(DRIVER, ABI_BUZZER_STOP, 0, 0);
}
