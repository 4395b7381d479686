/* peripherals/nrf52/mwu.h - MWU: events when the core reads or writes regions of memory, or groups
 * of peripherals.
 *
 * Reference: nRF52832 product specification 1.4, "MWU"; the same in nRF52840. Four regions of any
 * addresses, both ends included; two of the peripherals at 0x40000000, in 32 parts of 4 kB each, of
 * which PREGION.SUBS chooses. What DMA does is not seen, nor what the core executes.
 *
 * The machine tells of accesses by `accessed`; it asks `observes`, and is told by
 * chip_port.observing_changed when that has another answer, so that memory costs nothing meanwhile.
 *
 * An access whose event NMIEN enables sets NMI pending by chip_port.nmi.
 */
#ifndef PERIPHERALS_NRF52_MWU_H
#define PERIPHERALS_NRF52_MWU_H

#include "peripherals/nrf52/nrf_common.h"

enum mwu_register {
    MWU_EVENTS_REGION = 0x100,  /* WA, RA; 4 times at + 8 * n */
    MWU_EVENTS_PREGION = 0x160, /* likewise, twice */
    MWU_NMIEN = 0x320,
    MWU_NMIENSET = 0x324,
    MWU_NMIENCLR = 0x328,
    MWU_PERREGION = 0x400, /* SUBSTATWA, SUBSTATRA; twice at + 8 * n */
    MWU_REGIONEN = 0x510,
    MWU_REGIONENSET = 0x514,
    MWU_REGIONENCLR = 0x518,
    MWU_REGION = 0x600,  /* START, END; 4 times at + 0x10 * n */
    MWU_PREGION = 0x6C0, /* START, END, SUBS; twice at + 0x10 * n */
};

#define MWU_REGIONS  4U
#define MWU_PREGIONS 2U

enum mwu_fault { MWU_FAULT_BLIND, MWU_FAULTS };

struct mwu {
    struct device_env env;
    struct mwu_state {
        struct nrf_events events;
        uint32_t nmien, regionen;
        uint32_t start[MWU_REGIONS], end[MWU_REGIONS];
        uint32_t subs[MWU_PREGIONS];
        uint32_t substat[MWU_PREGIONS][2]; /* WA, RA */
        int32_t faults[MWU_FAULTS];        /* kept over a reset */
    } state;
};

extern const struct device_class nrf52_mwu_class;

#endif
