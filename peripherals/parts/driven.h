/* peripherals/parts/driven.h - what parts that the chip drives through one pin have in common: LED,
 * vibration motor, buzzer.
 *
 * Devicetree: a GPIO property (flag bit 0: active low), or `pwms` as in the public Zephyr bindings:
 * the channel's pin is the one that the PWM's pinctrl-0 gives it, and flag bit 0 of the fourth cell
 * inverts. A pin that nobody drives does nothing.
 */
#ifndef PERIPHERALS_PARTS_DRIVEN_H
#define PERIPHERALS_PARTS_DRIVEN_H

#include "peripherals/iface/device.h"

struct driven {
    struct pin *pin; /* owned by the machine */
    bool active_low;
    bool by_pwm; /* the devicetree has `pwms` */
    struct wire_listener listener;
};

/* Finds the pin and listens to it. False: the node has neither property. */
bool driven_init(struct driven *driven, const struct device_env *env, const char *gpio_property,
                 void (*changed)(void *owner, uint32_t index, enum wire_level level), void *owner);

/* Whether the part works, with the pin at this level. */
static inline bool driven_is_active(const struct driven *driven, enum wire_level level)
{
    return level == (driven->active_low ? WIRE_LOW : WIRE_HIGH);
}

#endif
