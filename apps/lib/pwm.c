#include "apps/lib/pwm.h"

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_PWM

int pwm_count(void)
{
    uint32_t count = 0;
    int status = syscall_command_u32(DRIVER, ABI_PWM_COUNT, 0, 0, &count);
    return status == K_OK ? (int)count : status;
}

int pwm_max_frequency_hz(uint32_t index)
{
    uint32_t hertz = 0;
    int status = syscall_command_u32(DRIVER, ABI_PWM_MAX_FREQUENCY, index, 0, &hertz);
    return status == K_OK ? (int)hertz : status;
}

int pwm_start(uint32_t index, uint32_t frequency_hz, uint32_t duty)
{
    if (duty > PWM_DUTY_MAX || index > UINT16_MAX) {
        return K_EINVAL;
    }
    return syscall_command(DRIVER, ABI_PWM_START, duty << 16 | index, frequency_hz);
}

int pwm_stop(uint32_t index)
{
    return syscall_command(DRIVER, ABI_PWM_STOP, index, 0);
}
