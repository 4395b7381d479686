/* peripherals/iface/bus.h - what a guest access to a device looks like, and how it can end. */
#ifndef PERIPHERALS_IFACE_BUS_H
#define PERIPHERALS_IFACE_BUS_H

#include <stdbool.h>
#include <stdint.h>

/* One access by the CPU (or by a debugger acting as the CPU). Never crosses a word. */
struct bus_access {
    uint32_t offset;    /* bytes from the base of the device's window */
    uint8_t size_bytes; /* 1, 2 or 4; offset is a multiple of it */
    bool privileged;
};

enum bus_result {
    BUS_OK,
    BUS_FAULT, /* hardware answers with an error: a precise BusFault (reads) or an imprecise one
                  (buffered writes) */
};

#endif
