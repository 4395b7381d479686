/* Button 0 switches LED 1 over. With an upcall, as an app with several things to wait for would do
 * it. */
#include <stdio.h>

#include "apps/lib/button.h"
#include "apps/lib/led.h"

static unsigned presses;

static void on_change(uint32_t index, uint32_t pressed, uint32_t unused, void *userdata)
{
    (void)unused;
    (void)userdata;
    if (index == 0 && pressed) {
        presses++;
    }
}

int main(void)
{
    button_subscribe(on_change, NULL);
    button_enable(0);
    unsigned seen = 0;
    for (;;) {
        syscall_yield();
        while (seen != presses) {
            seen++;
            led_toggle(1);
            printf("buttons: button 0 pressed, %u so far\n", seen);
        }
    }
}
