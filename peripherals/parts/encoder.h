/* peripherals/parts/encoder.h - a rotary encoder with two outputs in quadrature: `gpio-qdec`, as in
 * the public Zephyr binding, which decodes it by GPIO; the chip's QDEC can, too.
 *
 * Devicetree: `gpios`: A, then B; flag bit 0 inverts. `sandglass,step-us` (1000 without it): from a
 * step to the next. Input: "turn": so many steps, positive: B changes before A rises (QDEC counts
 * up). More turns add up. Tells the observer "position" after each step.
 * Fault: "stuck": 1: the outputs keep their levels.
 */
#ifndef PERIPHERALS_PARTS_ENCODER_H
#define PERIPHERALS_PARTS_ENCODER_H

#include "peripherals/iface/device.h"

#define ENCODER_STEPS_MAX   1000000
#define ENCODER_STEP_US_MAX 1000000U

struct encoder {
    struct device_env env;
    struct pin *pins[2]; /* A, B; owned by the machine */
    bool active_low[2];
    uint32_t step_us;
    struct encoder_state {
        int32_t position; /* in steps; wraps */
        int32_t wanted;   /* steps that are still to be made; within +-ENCODER_STEPS_MAX */
        int32_t stuck;    /* the fault */
    } state;
    struct event step;
};

extern const struct device_class part_encoder_class;

#endif
