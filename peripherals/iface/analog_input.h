/* peripherals/iface/analog_input.h - the chip's analogue inputs AIN0 to AIN7, for the devices that
 * measure them and the parts that are wired to them. Reference: nRF52832 product specification 1.4
 * and nRF52840 product specification 1.1, "Pin assignments": the same pins of port 0 on both chips.
 */
#ifndef PERIPHERALS_IFACE_ANALOG_INPUT_H
#define PERIPHERALS_IFACE_ANALOG_INPUT_H

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

/* Inputs of the ADC that are no pins, as the devicetree counts them: VDD, and nRF52840's VDDH / 5.
 */
#define ANALOG_INPUT_VDD  8U
#define ANALOG_INPUT_VDDH 12U

/* What a part drives that the devicetree wires to an input of the ADC: the pin of AIN<input>, or
 * the supply. NULL: there is no such input. */
static inline struct analog_node *analog_input_node(const struct device_env *env, uint32_t input)
{
    if (input == ANALOG_INPUT_VDD || input == ANALOG_INPUT_VDDH) {
        return &env->nets->vdd;
    }
    struct pin *pin = input < ANALOG_INPUTS ? analog_input_pin(env, input) : NULL;
    return pin != NULL ? &pin->analog : NULL;
}

#endif
