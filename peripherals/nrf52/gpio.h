/* peripherals/nrf52/gpio.h - one GPIO port: outputs, inputs, pulls, drive, SENSE, DETECT and LATCH.
 *
 * Reference: nRF52832 product specification 1.4, "GPIO"; nRF52840 product specification 1.1, which
 * has the same registers twice (P0, P1). Offsets count from the vendor's base of the port
 * (0x50000000 for P0, 0x50000300 for P1), so OUT is at 0x504 in both.
 *
 * Devicetree: `port` (default 0) says which pins of the machine these are; `ngpios` (default 32)
 * how many the package has. Drives the `out`, `pad` and `detect` wires of its pins.
 *
 * Not modelled: currents, drive strength (high drive is standard drive), the analogue connection of
 * a pin. A floating pad reads low.
 */
#ifndef PERIPHERALS_NRF52_GPIO_H
#define PERIPHERALS_NRF52_GPIO_H

#include "peripherals/iface/device.h"
#include "peripherals/nrf52/gpio_faults.h"

#define GPIO_PORT_PINS 32U

/* Where the port listens on one of its pins. */
struct gpio_listener {
    struct wire_listener in, claim;
};

struct gpio {
    struct device_env env;
    uint32_t port;
    uint32_t pin_count; /* 0..32: bits that have a pin */
    struct pin *pins;   /* of this port; owned by the machine */
    struct gpio_listener listeners[GPIO_PORT_PINS];
    struct gpio_state {
        uint32_t out;
        uint32_t latch;
        uint32_t detectmode;              /* 0: DETECT of the pins, 1: of LATCH */
        uint32_t pin_cnf[GPIO_PORT_PINS]; /* the bits that exist; DIR is bit 0 of each */
        uint32_t in;                      /* pins that are high and whose input is connected */
        uint32_t sensed;                  /* pins whose SENSE condition is met */
        uint32_t contended;               /* pins that the chip and a part drive differently */
        bool detect;                      /* the port's DETECT signal */
        struct gpio_faults faults;        /* last: no reset of the chip clears them */
    } state;
    struct event bounce;
};

extern const struct device_class nrf52_gpio_class;

#endif
