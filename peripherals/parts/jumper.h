/* peripherals/parts/jumper.h - a wire between two pins of the chip: what the chip drives on one, it
 * sees on the other, and SPI and I2C transfers pass over it. So one peripheral of the chip can talk
 * to another.
 *
 * Devicetree: `gpios`, two entries. Not modelled: a part that drives one of the two pins does not
 * reach the other.
 */
#ifndef PERIPHERALS_PARTS_JUMPER_H
#define PERIPHERALS_PARTS_JUMPER_H

#include "peripherals/iface/device.h"

struct jumper {
    struct device_env env;
    struct pin *ends[2]; /* owned by the machine */
    struct wire_listener listeners[2];
    struct spi_joint joint;
    struct i2c_joint i2c_joint;
};

extern const struct device_class part_jumper_class;

#endif
