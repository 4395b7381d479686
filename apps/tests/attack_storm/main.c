/* The interrupts of a pin that never comes to rest: a PWM drives it as fast as it can, and each
 * edge is to be told. The number of the package says what the app does meanwhile: 0 waits for
 * edges, 1 computes, 2 asks for more and more upcalls that are never run. */
#include "apps/lib/gpio.h"
#include "apps/lib/pwm.h"
#include "apps/tests/check.h"
#include "apps/tests/package_number.h"

#define MOTOR    0u
#define STORM_HZ 160000u

int main(void)
{
    uint32_t number = package_number();
    check(pwm_start(MOTOR, STORM_HZ, PWM_DUTY_MAX / 2) == K_OK, "the pin moves");
    check(gpio_enable_input(MOTOR, ABI_GPIO_PULL_NONE) == K_OK, "and is seen");
    check(gpio_enable_interrupt(MOTOR, ABI_GPIO_EDGE_BOTH) == K_OK, "each edge is told");
    for (;;) {
        uint32_t level;
        if (number == 0) {
            (void)gpio_wait(&level);
        } else if (number == 2) {
            (void)raw_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_WRITE, 1, 0);
        }
    }
}
