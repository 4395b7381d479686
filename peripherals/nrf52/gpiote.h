/* peripherals/nrf52/gpiote.h - GPIO tasks and events: 8 channels, and the PORT event.
 *
 * Reference: nRF52832 product specification 1.4, "GPIOTE".
 *
 * A channel in event mode hears the pad of its pin, whatever PIN_CNF says of the input buffer, and
 * raises IN[n] in the cycle of the edge (on the chip: up to two periods of 16 MHz later). A channel
 * in task mode claims its pin: OUTINIT at each write of CONFIG, then its tasks. PORT is raised when
 * the DETECT signal of a port rises.
 *
 * Not modelled: the power saved by PORT. Of two channels in task mode on one pin the last task
 * counts (the chip forbids it).
 */
#ifndef PERIPHERALS_NRF52_GPIOTE_H
#define PERIPHERALS_NRF52_GPIOTE_H

#include "peripherals/iface/device.h"
#include "peripherals/nrf52/nrf_common.h"

#define GPIOTE_CHANNELS 8U
#define GPIOTE_PINS_MAX 64U

enum gpiote_fault { GPIOTE_FAULT_IN_LOST, GPIOTE_FAULTS };

/* Kept over a reset. */
struct gpiote_faults {
    int32_t values[GPIOTE_FAULTS];
};

struct gpiote {
    struct device_env env;
    uint32_t pin_count; /* of the chip, at most GPIOTE_PINS_MAX */
    struct wire_listener pad[GPIOTE_PINS_MAX];
    struct wire_listener detect[GPIOTE_PINS_MAX];
    struct gpiote_state {
        struct nrf_events events;
        uint32_t config[GPIOTE_CHANNELS];
        uint32_t high;        /* channels: level put out (task mode) or seen last (event mode) */
        uint32_t detected[2]; /* by port: pins in its DETECT signal */
        uint64_t claimed;     /* pins whose `claim` wire we drive; a reset gives them back */
        struct gpiote_faults faults;
    } state;
};

extern const struct device_class nrf52_gpiote_class;

#endif
