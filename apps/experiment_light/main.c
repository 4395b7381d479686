/*
 * Another owner's experiment on the sensor node: how light it is. Of its two editions the second
 * one measures more often; it is installed while the others go on.
 */
#include <inttypes.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/ambient_light.h"

#define PERIOD_MS (EDITION == 1 ? 400 : 250)

int main(void)
{
    printf("light: edition %d\n", EDITION);
    for (;;) {
        int32_t lux = 0;
        int status = ambient_light_read(&lux);
        printf("light: edition %d, %" PRId32 " lux, status %d\n", EDITION, lux, status);
        alarm_sleep_ms(PERIOD_MS);
    }
}
