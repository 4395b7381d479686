/* Pins that are on for a share of the time: an LED's brightness, a motor's strength. */
#ifndef APPS_LIB_PWM_H
#define APPS_LIB_PWM_H

#include <stdint.h>

#include "apps/lib/syscall.h"

#define PWM_DUTY_MAX 10000u /* always on */

/* How many pins there are, or an error. */
int pwm_count(void);
/* The highest that pwm_start takes for this pin, or an error. */
int pwm_max_frequency_hz(uint32_t index);
/* Until it is stopped. K_EINVAL: no such pin, or a frequency or duty that it cannot do. K_ERESERVE:
 * another process has it. */
int pwm_start(uint32_t index, uint32_t frequency_hz, uint32_t duty);
int pwm_stop(uint32_t index);

#endif
