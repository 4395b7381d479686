/* Behaves for eight seconds, then keeps the CPU for itself: the other apps must not suffer. */
#include "apps/lib/alarm.h"
#include "apps/lib/console.h"
#include "apps/lib/led.h"

#define GOOD_BLINKS 8
#define BLINK_MS    1000

int main(void)
{
    for (int i = 0; i < GOOD_BLINKS; i++) {
        alarm_sleep_ms(BLINK_MS);
        led_toggle(3);
    }
    console_print("hog: the CPU is mine from now on\n");
    for (;;) {
    }
}
