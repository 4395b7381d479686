/* peripherals/nrf52/qdec.h - QDEC: decodes two signals in quadrature by sampling them, and counts
 * the steps.
 *
 * Reference: nRF52832 product specification 1.4, "QDEC"; the same on nRF52840. The first sample
 * comes a sample period after START and is compared with the levels at START (assumed). With DBFEN
 * an input counts when it has not changed within the sample period (the chip's filter looks at it
 * once a microsecond). The LED's pin is claimed while it runs.
 */
#ifndef PERIPHERALS_NRF52_QDEC_H
#define PERIPHERALS_NRF52_QDEC_H

#include "peripherals/nrf52/nrf_common.h"

enum qdec_register {
    QDEC_TASKS_START = 0x000,
    QDEC_TASKS_STOP = 0x004,
    QDEC_TASKS_READCLRACC = 0x008,
    QDEC_TASKS_RDCLRACC = 0x00C,
    QDEC_TASKS_RDCLRDBL = 0x010,
    QDEC_EVENTS_SAMPLERDY = 0x100,
    QDEC_EVENTS_REPORTRDY = 0x104,
    QDEC_EVENTS_ACCOF = 0x108,
    QDEC_EVENTS_DBLRDY = 0x10C,
    QDEC_EVENTS_STOPPED = 0x110,
    QDEC_ENABLE = 0x500,
    QDEC_LEDPOL = 0x504,
    QDEC_SAMPLEPER = 0x508,
    QDEC_SAMPLE = 0x50C,
    QDEC_REPORTPER = 0x510,
    QDEC_ACC = 0x514,
    QDEC_ACCREAD = 0x518,
    QDEC_PSEL_LED = 0x51C, /* reset value 0xFFFFFFFF, as the next two */
    QDEC_PSEL_A = 0x520,
    QDEC_PSEL_B = 0x524,
    QDEC_DBFEN = 0x528,
    QDEC_LEDPRE = 0x540, /* reset value 0x10 */
    QDEC_ACCDBL = 0x544,
    QDEC_ACCDBLREAD = 0x548,
};

#define QDEC_PINS_MAX   64U
#define QDEC_ACC_MAX    1023
#define QDEC_ACC_MIN    (-1024)
#define QDEC_ACCDBL_MAX 15U

enum qdec_psel { QDEC_LED, QDEC_A, QDEC_B, QDEC_PSELS };

enum qdec_fault { QDEC_FAULT_DOUBLE, QDEC_FAULT_STUCK, QDEC_FAULTS };

/* Kept over a reset. */
struct qdec_faults {
    int32_t values[QDEC_FAULTS];
};

struct qdec {
    struct device_env env;
    struct wire_listener pads[QDEC_PINS_MAX];
    struct qdec_state {
        struct nrf_events events;
        uint32_t shorts, enable, ledpol, sampleper, reportper, dbfen, ledpre;
        uint32_t psel[QDEC_PSELS];
        int32_t sample, acc, accread;
        uint32_t accdbl, accdblread;
        uint32_t samples;       /* since the last report */
        uint32_t pair;          /* the last one that counted: A in bit 1, B in bit 0 */
        uint32_t unsteady;      /* inputs that changed since the last sample, likewise */
        uint64_t sample_cycles; /* when the next sample is due */
        uint64_t claimed;       /* pins whose `claim` wire we drive */
        bool running;
        bool led_on;
        struct qdec_faults faults;
    } state;
    struct event step; /* the LED goes on, or the sample is due */
};

extern const struct device_class nrf52_qdec_class;

#endif
