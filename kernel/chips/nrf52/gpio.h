/*
 * gpio.h - pins of the chip's ports, and the edge detectors (GPIOTE) that they share.
 */
#ifndef KERNEL_CHIPS_NRF52_GPIO_H
#define KERNEL_CHIPS_NRF52_GPIO_H

#include <stdint.h>

#include "kernel/hil/gpio.h"

#define NRF52_GPIOTE_CHANNELS 8u

struct nrf52_gpiote {
    struct nrf52_pin *channel[NRF52_GPIOTE_CHANNELS]; /* NULL: free */
};

struct nrf52_pin {
    uint8_t number;              /* P0.n: n, P1.n: NRF52_P1(n) */
    uint8_t detector;            /* 0: none, else channel + 1 */
    uint8_t first_channel;       /* detectors below are not for this pin */
    uint8_t client_index;        /* for the client */
    struct nrf52_gpiote *gpiote; /* shared by all pins */
    const struct hil_gpio_client *client;
};

/* What another peripheral wants of its pins. */
enum nrf52_pin_role {
    NRF52_PIN_INPUT,
    NRF52_PIN_OUTPUT_LOW,
    NRF52_PIN_OUTPUT_HIGH,
    NRF52_PIN_OPEN_DRAIN,        /* with input and pull-up */
    NRF52_PIN_OPEN_DRAIN_OUTPUT, /* the same, driven by GPIO: high, which is let go */
};
void nrf52_pin_take(uint32_t pin_number, enum nrf52_pin_role role);

extern const struct hil_gpio_ops nrf52_pin_ops; /* self: struct nrf52_pin */

/* One of them. */
void nrf52_pin_write(void *self, bool high);

/* The GPIOTE interrupt. self: struct nrf52_gpiote. */
void nrf52_gpiote_serve(void *self);

/* As struct nrf52_interrupt has it. */
void nrf52_gpiote_stop_dead(void *self);

#endif
