#include "kernel/chips/nrf52/pwm.h"

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/registers.h"
#include "kernel/hil/guard.h"

enum {
    PWM_TASKS_STOP = 0x004,
    PWM_TASKS_SEQSTART0 = 0x008,
    PWM_ENABLE = 0x500,
    PWM_MODE = 0x504,
    PWM_COUNTERTOP = 0x508,
    PWM_PRESCALER = 0x50C,
    PWM_DECODER = 0x510,
    PWM_LOOP = 0x514,
    PWM_SEQ0_PTR = 0x520,
    PWM_SEQ0_CNT = 0x524,
    PWM_SEQ0_REFRESH = 0x528,
    PWM_SEQ0_ENDDELAY = 0x52C,
    PWM_PSEL_OUT0 = 0x560,
};
#define PWM_CLOCK_HZ        16000000u
#define PWM_COUNTERTOP_MAX  32767u
#define PWM_MODE_UP         0u
#define PWM_DECODER_COMMON  0u
#define PWM_VALUE_HIGHFIRST 0x8000u /* high until the counter has come to the value, then low */

static volatile uint32_t *pwm_register(const struct nrf52_pwm *pwm, uint32_t offset)
{
    return nrf52_register(pwm->base, offset);
}

static int pwm_start(void *self, uint32_t frequency_hz, uint32_t duty)
{
    struct nrf52_pwm *pwm = self;
    if (frequency_hz < NRF52_PWM_LOWEST_HZ || frequency_hz > NRF52_PWM_HIGHEST_HZ ||
        duty > HIL_PWM_DUTY_MAX) {
        return K_EINVAL;
    }
    /* At the lowest frequency, 4 Hz, the seventh half of the clock is enough: 31,250 ticks. */
    uint32_t prescaler = 0;
    while ((PWM_CLOCK_HZ >> prescaler) / frequency_hz > PWM_COUNTERTOP_MAX) {
        prescaler++;
    }
    uint32_t top = (PWM_CLOCK_HZ >> prescaler) / frequency_hz;
    uint32_t on = top * duty / HIL_PWM_DUTY_MAX;
    *(volatile uint16_t *)&pwm->value =
        (uint16_t)(on | (pwm->active_low ? 0 : PWM_VALUE_HIGHFIRST));
    *pwm_register(pwm, PWM_PRESCALER) = prescaler;
    *pwm_register(pwm, PWM_COUNTERTOP) = top;
    *pwm_register(pwm, PWM_SEQ0_PTR) = (uint32_t)(uintptr_t)&pwm->value;
    nrf52_task(pwm->base, PWM_TASKS_SEQSTART0);
    return K_OK;
}

static void pwm_stop(void *self)
{
    const struct nrf52_pwm *pwm = self;
    nrf52_task(pwm->base, PWM_TASKS_STOP);
}

static void pwm_set_user(void *self, const struct capsule *user)
{
    struct nrf52_pwm *pwm = self;
    pwm->user = user;
}

const struct hil_pwm_ops nrf52_pwm_ops = {pwm_start, pwm_stop, pwm_set_user};

void nrf52_pwm_stop_dead(void *self)
{
    const struct nrf52_pwm *pwm = self;
    if (guard_is_dead(pwm->user)) {
        pwm_stop(self);
    }
}

/* One value, once: the last of a sequence goes on until STOP. */
void nrf52_pwm_init(const struct nrf52_pwm *pwm)
{
    *pwm_register(pwm, PWM_PSEL_OUT0) = pwm->pin;
    *pwm_register(pwm, PWM_MODE) = PWM_MODE_UP;
    *pwm_register(pwm, PWM_DECODER) = PWM_DECODER_COMMON;
    *pwm_register(pwm, PWM_LOOP) = 0;
    *pwm_register(pwm, PWM_SEQ0_CNT) = 1;
    *pwm_register(pwm, PWM_SEQ0_REFRESH) = 0;
    *pwm_register(pwm, PWM_SEQ0_ENDDELAY) = 0;
    *pwm_register(pwm, PWM_ENABLE) = 1;
}
