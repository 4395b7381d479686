/* sim/machine/address_map.h - which device answers at an address. Windows are added once, then
 * looked up; a lookup is a comparison with the last hit or a binary search. */
#ifndef SIM_MACHINE_ADDRESS_MAP_H
#define SIM_MACHINE_ADDRESS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/catalogue.h"
#include "peripherals/iface/device.h"

/* [base, base + size_bytes). Either a device, or a peripheral that is not modelled. */
struct address_window {
    uint32_t base, size_bytes;
    uint32_t origin; /* where its offsets count from: a device may have several windows */
    const char *name;
    const struct device_class *device_class; /* NULL: `absent` tells what reads */
    void *device;
    const struct catalogue_absent *absent;
};

struct address_map {
    struct address_window *windows; /* sorted by base; memory of the caller */
    size_t count, capacity;
    size_t last; /* index of the last hit */
};

/* `windows` has room for `capacity` and must outlive the map. */
void address_map_init(struct address_map *map, struct address_window *windows, size_t capacity);

/* False when the map is full or the window overlaps one that is there. */
bool address_map_add(struct address_map *map, const struct address_window *window);

/* The window that holds the address, or NULL. */
const struct address_window *address_map_find(struct address_map *map, uint32_t address);

#endif
