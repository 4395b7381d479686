/* Your app. `sandglass run FOLDER` builds it and runs it. What an app can do: the headers in
 * apps/lib. */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/led.h"

int main(void)
{
    for (unsigned count = 1;; count++) {
        printf("@APP_NAME@: %u\n", count);
        led_toggle(0);
        alarm_sleep_ms(1000);
    }
}
