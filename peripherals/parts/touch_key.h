/* peripherals/parts/touch_key.h - a capacitive touch key in the manner of the TTP223: a push-pull
 * output that is high while the pad is touched (low with flag bit 0 of `gpios`).
 *
 * Devicetree: `gpios`. Inputs: "touch", "untouch". Tells the observer "touched" and "untouched"
 * (value 1, 0). Not modelled: the controller's response time (60 ms at most), its recalibration
 * after a long touch, its toggle mode.
 */
#ifndef PERIPHERALS_PARTS_TOUCH_KEY_H
#define PERIPHERALS_PARTS_TOUCH_KEY_H

#include "peripherals/iface/device.h"

struct touch_key {
    struct device_env env;
    struct pin *pin; /* owned by the machine */
    bool active_low;
    struct touch_key_state {
        bool touched; /* the finger: no reset of the chip changes it */
    } state;
};

extern const struct device_class part_touch_key_class;

#endif
