/* peripherals/nrf52/comp.h - COMP and LPCOMP: the two comparators at one address; ENABLE selects
 * which of them works (2 COMP, 1 LPCOMP).
 *
 * Reference: nRF52832 product specification 1.4, "COMP" and "LPCOMP"; the same on nRF52840.
 *
 * They hear of each change of a voltage that they compare; nothing is polled. What comes out
 * follows the inputs after the propagation delay; a pulse that is shorter is not seen. LPCOMP
 * wakes the chip from System OFF (ANADETECT), at once, since no clock runs there.
 *
 * Not modelled: the current source (ISOURCE) and the error of the references.
 */
#ifndef PERIPHERALS_NRF52_COMP_H
#define PERIPHERALS_NRF52_COMP_H

#include "peripherals/iface/analog_input.h"
#include "peripherals/nrf52/nrf_common.h"

enum comp_register {
    COMP_TASKS_START = 0x000,
    COMP_TASKS_STOP = 0x004,
    COMP_TASKS_SAMPLE = 0x008,
    COMP_EVENTS_READY = 0x100,
    COMP_EVENTS_DOWN = 0x104,
    COMP_EVENTS_UP = 0x108,
    COMP_EVENTS_CROSS = 0x10C,
    COMP_SHORTS = 0x200,
    COMP_RESULT = 0x400,
    COMP_ENABLE = 0x500,
    COMP_PSEL = 0x504,
    COMP_REFSEL = 0x508, /* reset value 4: VDD, or LPCOMP's 5/8 of it */
    COMP_EXTREFSEL = 0x50C,
    LPCOMP_ANADETECT = 0x520,
    COMP_TH = 0x530,
    COMP_MODE = 0x534,
    COMP_HYST = 0x538,
    COMP_ISOURCE = 0x53C, /* nRF52832 only */
};

#define COMP_ENABLE_LPCOMP 1U
#define COMP_ENABLE_COMP   2U

/* Typical values of the specification. */
#define COMP_START_US           3U
#define COMP_REFERENCE_START_US 50U /* more, with an internal reference */
#define LPCOMP_START_US         140U
#define LPCOMP_DELAY_NS         5000U /* the specification's is that of ANADETECT */

enum comp_phase { COMP_OFF, COMP_STARTING, COMP_RUNNING };

enum comp_fault { COMP_FAULT_STUCK, COMP_FAULT_OFFSET, COMP_FAULTS };

/* Kept over a reset. */
struct comp_faults {
    int32_t values[COMP_FAULTS];
};

/* Where it listens for one of its inputs. */
struct comp_listener {
    struct analog_listener voltage;
    struct wire_listener out, pad;
};

struct comp {
    struct device_env env;
    struct comp_listener inputs[ANALOG_INPUTS];
    struct analog_listener vdd;
    struct comp_state {
        struct nrf_events events;
        uint32_t shorts, result, enable, psel, refsel, extrefsel, anadetect, th, mode, hyst,
            isource;
        uint32_t phase; /* enum comp_phase */
        bool above;     /* what the comparator puts out while it runs */
        struct comp_faults faults;
    } state;
    struct event ready;
    struct event settled; /* the propagation delay after a change is over */
};

extern const struct device_class nrf52_comp_class;

#endif
