/* peripherals/nrf52/analog_input.h - the chip's analogue inputs AIN0 to AIN7, for the devices that
 * share them. Reference: nRF52832 product specification 1.4 and nRF52840 product specification
 * 1.1, "Pin assignments": the same pins of port 0 on both chips. */
#ifndef PERIPHERALS_NRF52_ANALOG_INPUT_H
#define PERIPHERALS_NRF52_ANALOG_INPUT_H

#include "peripherals/iface/device.h"

#define ANALOG_INPUTS 8U

/* The pin of AIN<index>, index < ANALOG_INPUTS; NULL: the chip does not have that pin. */
static inline struct pin *analog_input_pin(const struct device_env *env, uint32_t index)
{
    static const uint8_t pins[ANALOG_INPUTS] = {2, 3, 4, 5, 28, 29, 30, 31};
    return pins[index] < env->pin_count ? &env->pins[pins[index]] : NULL;
}

/* Its voltage; 0 without a pin. */
static inline int32_t analog_input_microvolts(const struct device_env *env, uint32_t index)
{
    const struct pin *pin = analog_input_pin(env, index);
    return pin != NULL ? pin_microvolts(pin, env->nets->vdd.microvolts) : 0;
}

#endif
