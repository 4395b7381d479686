/* LEDs, by the board's index from 0. K_EINVAL: the board has no such LED. */
#ifndef APPS_LIB_LED_H
#define APPS_LIB_LED_H

#include <stdint.h>

int led_count(void);
int led_on(uint32_t index);
int led_off(uint32_t index);
int led_toggle(uint32_t index);
/* 1 = lit, 0 = dark. */
int led_read(uint32_t index);

#endif
