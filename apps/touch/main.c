/* LED 2 is lit while the touch pad is touched. */
#include <stdio.h>

#include "apps/lib/led.h"
#include "apps/lib/touch.h"

int main(void)
{
    struct touch_event event;
    touch_enable();
    for (;;) {
        touch_wait(&event);
        if (event.status == ABI_TOUCH_PRESSED) {
            led_on(2);
            printf("touch: pad touched\n");
        } else if (event.status == ABI_TOUCH_RELEASED) {
            led_off(2);
            printf("touch: pad released\n");
        }
    }
}
