/* Toggles LED 0 twice a second. Every alarm counts from the one before, so that the rhythm never
 * drifts however late the process runs. */
#include "apps/lib/alarm.h"
#include "apps/lib/led.h"

int main(void)
{
    uint32_t period = alarm_ms_to_ticks(500);
    uint32_t expiry = alarm_now_ticks();
    for (;;) {
        alarm_wait_until(expiry, period);
        expiry += period;
        led_toggle(0);
    }
}
