/* Pin 0 of those that the board leaves to apps: as an output it goes up and down, as an input it is
 * what its pull makes of it while nothing is connected. */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/gpio.h"

#define PIN     0
#define HALF_MS 100

static const char *const level[] = {"low", "high"};

static void print_level(const char *as)
{
    int value = gpio_read(PIN);
    printf("pins: %s %s\n", as, value < 0 ? "nothing" : level[value]);
}

int main(void)
{
    int status = gpio_enable_output(PIN);
    if (status < 0) {
        printf("pins: none to use, error %d\n", status);
        return 1;
    }
    printf("pins: %d of them\n", gpio_count());
    gpio_clear(PIN);
    for (int i = 0; i < 4; i++) {
        gpio_toggle(PIN);
        print_level("an output is");
        alarm_sleep_ms(HALF_MS);
    }
    gpio_enable_input(PIN, ABI_GPIO_PULL_UP);
    print_level("pulled up it is");
    gpio_enable_input(PIN, ABI_GPIO_PULL_DOWN);
    print_level("pulled down it is");
    gpio_disable(PIN);
    return 0;
}
