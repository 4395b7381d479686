/* GPIO pins, by the board's index from 0. K_EINVAL: no such index; K_ENODEVICE: no pin behind it.
 */
#ifndef APPS_LIB_GPIO_H
#define APPS_LIB_GPIO_H

#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

int gpio_count(void);

int gpio_enable_output(uint32_t index);
int gpio_set(uint32_t index);
int gpio_clear(uint32_t index);
int gpio_toggle(uint32_t index);

int gpio_enable_input(uint32_t index, enum abi_gpio_pull pull);
/* The level, 0 or 1. */
int gpio_read(uint32_t index);
int gpio_disable(uint32_t index);

int gpio_enable_interrupt(uint32_t index, enum abi_gpio_edge edge);
int gpio_disable_interrupt(uint32_t index);
/* Waits for the next edge on any pin with an interrupt. *level: the pin's. Returns its index. */
int gpio_wait(uint32_t *level);
/* Without waiting: the upcall gets (index, level, 0) at every such edge. */
int gpio_subscribe(syscall_upcall upcall, void *userdata);

#endif
