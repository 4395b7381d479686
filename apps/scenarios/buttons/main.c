/* LED 0 is lit while button 0 is pressed: what tests/scenarios/first.lua watches. */
#include "apps/lib/button.h"
#include "apps/lib/led.h"

static void on_change(uint32_t index, uint32_t pressed, uint32_t unused, void *userdata)
{
    (void)unused;
    (void)userdata;
    if (index == 0 && pressed) {
        led_on(0);
    } else if (index == 0) {
        led_off(0);
    }
}

int main(void)
{
    button_subscribe(on_change, NULL);
    button_enable(0);
    for (;;) {
        syscall_yield();
    }
}
