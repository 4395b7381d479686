/* LEDs under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_INTERFACE_LED_H
#define APPS_LIB_COMPAT_LIBTOCK_INTERFACE_LED_H

#include <libtock/tock.h>

bool libtock_led_exists(void);
returncode_t libtock_led_count(int *count);
returncode_t libtock_led_on(int index);
returncode_t libtock_led_off(int index);
returncode_t libtock_led_toggle(int index);

#endif
