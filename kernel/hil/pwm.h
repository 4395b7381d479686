/*
 * pwm.h - a pin that is on for a share of each period.
 */
#ifndef KERNEL_HIL_PWM_H
#define KERNEL_HIL_PWM_H

#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

#define HIL_PWM_DUTY_MAX 10000u /* always on */

struct capsule;

struct hil_pwm_ops {
    PRIVATE int (*start)(void *self, uint32_t frequency_hz, uint32_t duty);
    PRIVATE void (*stop)(void *self);
    PRIVATE void (*set_user)(void *self, const struct capsule *user);
};

struct hil_pwm {
    PRIVATE const struct hil_pwm_ops *ops;
    PRIVATE void *self;
    READ_ONLY uint32_t lowest_hz, highest_hz;
};

struct hil_pwm_list {
    PRIVATE const struct hil_pwm *items;
    READ_ONLY uint32_t count;
};

/* On for duty / HIL_PWM_DUTY_MAX of each period, until it is stopped; started again, it changes at
 * the end of a period. K_EINVAL: a frequency or duty that it cannot do. */
static inline int hil_pwm_start(BORROWED const struct hil_pwm *pwm, uint32_t frequency_hz,
                                uint32_t duty)
{
    return HIL_CALL(pwm, start, frequency_hz, duty);
}

/* Off, and the pin is what it was before. */
static inline void hil_pwm_stop(BORROWED const struct hil_pwm *pwm)
{
    HIL_CALL(pwm, stop);
}

/* Who starts it, &this_capsule: a pulse does not outlive its capsule. */
static inline void hil_pwm_set_user(BORROWED const struct hil_pwm *pwm, const struct capsule *user)
{
    HIL_CALL(pwm, set_user, user);
}

#endif
