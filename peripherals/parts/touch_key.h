/* peripherals/parts/touch_key.h - a capacitive touch key in the manner of the TTP223: a push-pull
 * output that is high while the pad is touched (low with flag bit 0 of `gpios`).
 *
 * Devicetree: `gpios`; `sandglass,response-us` (0 without it; the TTP223 takes 60 ms at most when
 * it is awake, 220 ms in its low-power mode): the output follows after so much time, and what is
 * shorter is not seen. Inputs: "touch", "untouch". Tells the observer "touched" and "untouched"
 * (value 1, 0): the finger. Faults: those of contact.h.
 * Not modelled: its recalibration after a long touch, its toggle mode.
 */
#ifndef PERIPHERALS_PARTS_TOUCH_KEY_H
#define PERIPHERALS_PARTS_TOUCH_KEY_H

#include "peripherals/parts/contact.h"

#define TOUCH_KEY_RESPONSE_US_MAX 10000000U

struct touch_key {
    struct device_env env;
    struct pin *pin; /* owned by the machine */
    bool active_low;
    uint32_t response_us;
    struct touch_key_state {
        struct contact_state contact; /* no reset of the chip changes it */
        bool touched;                 /* the finger */
    } state;
    struct contact contact;
    struct event response;
};

extern const struct device_class part_touch_key_class;

#endif
