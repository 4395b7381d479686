/*
 * pwm.h - a pulse on one pin, from one of the chip's PWM peripherals: PWM0 to PWM2, on nRF52840 to
 * PWM3. Product specification, PWM. Each has four channels with one period for all; the first is
 * used.
 *
 * While it is stopped the pin is GPIO's again.
 */
#ifndef KERNEL_CHIPS_NRF52_PWM_H
#define KERNEL_CHIPS_NRF52_PWM_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/pwm.h"

#define NRF52_PWM_LOWEST_HZ  4u
#define NRF52_PWM_HIGHEST_HZ 160000u /* 100 steps of duty */

/* Set by the board, but for the last two. */
struct nrf52_pwm {
    uint32_t base; /* NRF52_PWM0_BASE and so on */
    uint32_t pin;  /* as nrf52_pin.number; somebody has made it an output that is off */
    bool active_low;
    uint16_t value; /* what EasyDMA reads */
    const struct capsule *user;
};

extern const struct hil_pwm_ops nrf52_pwm_ops; /* self: struct nrf52_pwm */

/* A hil_pwm over one. */
#define NRF52_PWM(pwm)                                                                             \
    {                                                                                              \
        &nrf52_pwm_ops, (pwm), NRF52_PWM_LOWEST_HZ, NRF52_PWM_HIGHEST_HZ                           \
    }

void nrf52_pwm_init(const struct nrf52_pwm *pwm);

/* As struct nrf52_interrupt has it; it has no interrupt. */
void nrf52_pwm_stop_dead(void *self);

#endif
