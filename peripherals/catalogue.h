/* peripherals/catalogue.h - the one table: devicetree `compatible` -> device class. */
#ifndef PERIPHERALS_CATALOGUE_H
#define PERIPHERALS_CATALOGUE_H

#include <stddef.h>

#include "peripherals/iface/device.h"

struct catalogue_entry {
    const char *compatible;
    const struct device_class *device_class;
};

/* The class for a `compatible` string, or NULL. */
const struct device_class *catalogue_find(const char *compatible);

/* All entries, for listings. */
const struct catalogue_entry *catalogue_entries(size_t *count);

/* A peripheral that the chip has and that is not modelled: base address of its 4 kB window and its
 * datasheet name, with reset values. */
struct catalogue_absent_register {
    uint32_t offset, reset_value;
};
struct catalogue_absent {
    const char *chip; /* "nrf52832" */
    const char *name; /* "SAADC" */
    uint32_t base, window_bytes;
    const struct catalogue_absent_register *registers; /* those whose reset value is not 0 */
    size_t register_count;
};
const struct catalogue_absent *catalogue_absent_entries(size_t *count);

#endif
