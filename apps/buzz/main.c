/* Pin 0 of the PWM, the watch's motor or an LED, swells and fades: 200 Hz, ten steps up and down.
 */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/pwm.h"

#define STEPS        10u
#define STEP_MS      50u
#define FREQUENCY_HZ 200u

int main(void)
{
    for (;;) {
        for (uint32_t i = 1; i < 2 * STEPS; i++) {
            uint32_t share = i < STEPS ? i : 2 * STEPS - i;
            int status = pwm_start(0, FREQUENCY_HZ, share * PWM_DUTY_MAX / STEPS);
            if (status < 0) {
                printf("buzz: error %d\n", status);
                return 1;
            }
            alarm_sleep_ms(STEP_MS);
        }
        pwm_stop(0);
        printf("buzz: done\n");
        alarm_sleep_ms(1000);
    }
}
