/* LED 1, four times a second: what tests/scenarios/first.lua measures. */
#include "apps/lib/alarm.h"
#include "apps/lib/led.h"

int main(void)
{
    uint32_t half = alarm_ms_to_ticks(125);
    uint32_t expiry = alarm_now_ticks();
    for (;;) {
        alarm_wait_until(expiry, half);
        expiry += half;
        led_toggle(1);
    }
}
