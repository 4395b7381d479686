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
/* Of all chips. Some windows are not peripherals but hold a word that vendor start-up code touches
 * (see below). */
const struct catalogue_absent *catalogue_absent_entries(size_t *count);

/* True for an undocumented address that errata workarounds and chip detection touch: answer without
 * a word (reads give *value, writes do nothing), whether there is a window or not. */
typedef bool catalogue_quirk(uint32_t address, uint32_t *value);

/* The quirks of a chip, by the name that catalogue_absent.chip has; NULL: not a known chip. */
catalogue_quirk *catalogue_find_quirk(const char *chip);

#endif
