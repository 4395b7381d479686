/* The wrappers of GPIO. Wants a board with a button between pin 0 and the supply and an LED from
 * pin 1 to ground, and presses at 500, 800, 1100 and 1400 ms, for 100 ms each, the last for 200. */
#include "apps/tests/lib_wrappers/note.h"

#include "apps/lib/gpio.h"

#define PINS   8u /* of the nRF52-DK */
#define BUTTON 0u
#define LED    1u
#define FREE   4u /* nothing is connected */

static void test_errors(void)
{
    check(gpio_count() == (int)PINS, "gpio_count");
    check(gpio_enable_output(PINS) == K_EINVAL && gpio_set(PINS) == K_EINVAL &&
              gpio_clear(PINS) == K_EINVAL && gpio_toggle(PINS) == K_EINVAL &&
              gpio_enable_input(PINS, ABI_GPIO_PULL_UP) == K_EINVAL &&
              gpio_read(PINS) == K_EINVAL && gpio_disable(PINS) == K_EINVAL &&
              gpio_enable_interrupt(PINS, ABI_GPIO_EDGE_BOTH) == K_EINVAL &&
              gpio_disable_interrupt(PINS) == K_EINVAL,
          "no such pin: K_EINVAL");
    check(gpio_enable_input(FREE, (enum abi_gpio_pull)3) == K_EINVAL &&
              gpio_enable_interrupt(FREE, (enum abi_gpio_edge)3) == K_EINVAL,
          "no such pull, no such edge: K_EINVAL");
}

static void test_output(void)
{
    bool set = gpio_enable_output(LED) == K_OK && gpio_set(LED) == K_OK && gpio_read(LED) == 1;
    check(set, "gpio_enable_output, gpio_set");
    check(gpio_clear(LED) == K_OK && gpio_read(LED) == 0, "gpio_clear");
    check(gpio_toggle(LED) == K_OK && gpio_read(LED) == 1 && gpio_toggle(LED) == K_OK &&
              gpio_read(LED) == 0 && gpio_toggle(LED) == K_OK,
          "gpio_toggle");
    check(gpio_disable(LED) == K_OK && gpio_clear(LED) == K_OK && gpio_set(LED) == K_OK,
          "gpio_disable");
}

static void test_input(void)
{
    check(gpio_enable_input(FREE, ABI_GPIO_PULL_UP) == K_OK && gpio_read(FREE) == 1,
          "gpio_enable_input with a pull-up");
    check(gpio_enable_input(FREE, ABI_GPIO_PULL_DOWN) == K_OK && gpio_read(FREE) == 0,
          "gpio_enable_input with a pull-down");
    check(gpio_enable_input(FREE, ABI_GPIO_PULL_NONE) == K_OK && gpio_disable(FREE) == K_OK,
          "gpio_enable_input without a pull");
}

static void test_edges(void)
{
    static struct note note;
    uint32_t level = 2;
    bool enabled = gpio_enable_input(BUTTON, ABI_GPIO_PULL_DOWN) == K_OK && gpio_read(BUTTON) == 0;
    check(enabled && gpio_enable_interrupt(BUTTON, ABI_GPIO_EDGE_RISING) == K_OK,
          "gpio_enable_interrupt");
    check(gpio_wait(&level) == (int)BUTTON && level == 1 && gpio_read(BUTTON) == 1 &&
              is_about_ms(500),
          "gpio_wait: rising");
    check(gpio_subscribe(note_upcall, &note) == K_OK, "gpio_subscribe");
    sleep_until_ms(700);
    check(syscall_yield_no_wait() == 0 && gpio_read(BUTTON) == 0, "and no falling edge");
    (void)gpio_enable_interrupt(BUTTON, ABI_GPIO_EDGE_FALLING);
    check(gpio_wait(&level) == (int)BUTTON && level == 0 && is_about_ms(900) && note.count == 0,
          "gpio_wait: falling");
    (void)gpio_enable_interrupt(BUTTON, ABI_GPIO_EDGE_BOTH);
    syscall_yield();
    check(is_noted(&note, 1, BUTTON, 1, 0) && is_about_ms(1100), "both edges: up");
    syscall_yield();
    check(is_noted(&note, 2, BUTTON, 0, 0) && is_about_ms(1200), "both edges: down");
    bool disabled = gpio_disable_interrupt(BUTTON) == K_OK;
    sleep_until_ms(1450);
    check(disabled && syscall_yield_no_wait() == 0 && gpio_read(BUTTON) == 0,
          "gpio_disable_interrupt: no upcall, and the pin is off");
    check(gpio_enable_input(BUTTON, ABI_GPIO_PULL_DOWN) == K_OK && gpio_read(BUTTON) == 1,
          "an input again");
}

static void test_detectors(void)
{
    bool three = true;
    for (uint32_t pin = 2; pin < 5; pin++) {
        three = three && gpio_enable_interrupt(pin, ABI_GPIO_EDGE_BOTH) == K_OK;
    }
    check(three && gpio_enable_interrupt(5, ABI_GPIO_EDGE_BOTH) == K_EBUSY,
          "a fourth edge detector: K_EBUSY");
    check(gpio_disable_interrupt(3) == K_OK && gpio_enable_interrupt(5, ABI_GPIO_EDGE_BOTH) == K_OK,
          "one given back");
}

int main(void)
{
    test_errors();
    test_output();
    test_input();
    test_edges();
    test_detectors();
    printf("done\n");
    return 0;
}
