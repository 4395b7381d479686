/*
 * An experiment on the sensor node: the temperature twenty times a second, and when exactly each
 * was taken. It is to miss none, whatever the other owners of the node do meanwhile.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "apps/lib/alarm.h"
#include "apps/lib/temperature.h"

#define PERIOD_MS 50

int main(void)
{
    uint32_t hz = alarm_frequency_hz();
    uint32_t period = alarm_ms_to_ticks(PERIOD_MS);
    uint32_t due = alarm_now_ticks();
    for (unsigned number = 1;; number++) {
        int32_t centidegrees = 0;
        int status = alarm_wait_until(due, period);
        due += period;
        uint32_t late = alarm_now_ticks() - due;
        if (status == K_OK) {
            status = temperature_read(&centidegrees);
        }
        if (status != K_OK) {
            printf("climate: sample %u: error %d\n", number, status);
            continue;
        }
        printf("climate: sample %u, %" PRIu32 " us late, %" PRId32 ".%02d\n", number,
               (uint32_t)((uint64_t)late * 1000000u / hz), centidegrees / 100,
               abs((int)(centidegrees % 100)));
    }
}
