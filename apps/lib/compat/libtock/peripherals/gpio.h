/* GPIO under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_PERIPHERALS_GPIO_H
#define APPS_LIB_COMPAT_LIBTOCK_PERIPHERALS_GPIO_H

#include <libtock/tock.h>

/* (pin, high) */
typedef void (*libtock_gpio_callback_interrupt)(uint32_t, bool);

typedef enum {
    libtock_pull_none = 0,
    libtock_pull_up,
    libtock_pull_down
} libtock_gpio_input_mode_t;
typedef enum {
    libtock_change = 0,
    libtock_rising_edge,
    libtock_falling_edge,
} libtock_gpio_interrupt_mode_t;

bool libtock_gpio_exists(void);
returncode_t libtock_gpio_count(int *count);
returncode_t libtock_gpio_set_interrupt_callback(libtock_gpio_callback_interrupt callback);
returncode_t libtock_gpio_enable_input(uint32_t pin, libtock_gpio_input_mode_t mode);
returncode_t libtock_gpio_enable_output(uint32_t pin);
returncode_t libtock_gpio_set(uint32_t pin);
returncode_t libtock_gpio_clear(uint32_t pin);
returncode_t libtock_gpio_toggle(uint32_t pin);
returncode_t libtock_gpio_read(uint32_t pin, int *value);
returncode_t libtock_gpio_enable_interrupt(uint32_t pin, libtock_gpio_interrupt_mode_t mode);
returncode_t libtock_gpio_disable_interrupt(uint32_t pin);
returncode_t libtock_gpio_disable(uint32_t pin);

#endif
