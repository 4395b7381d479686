/* For tests of schedulers: the number at the end of the package's name says what the app is. 0
 * never waits; 1 and 2 change LED 0 and 1 every 20 ms. */
#include "apps/lib/alarm.h"
#include "apps/lib/led.h"
#include "apps/tests/package_number.h"

#define TICK_MS 20u

int main(void)
{
    uint32_t number = package_number();
    for (;;) {
        if (number % 10 != 0) {
            (void)led_toggle(number % 10 - 1);
            alarm_sleep_ms(TICK_MS);
        }
    }
}
