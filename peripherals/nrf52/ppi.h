/* peripherals/nrf52/ppi.h - the programmable peripheral interconnect: events of one device trigger
 * tasks of another, without the CPU.
 *
 * Reference: nRF52832 product specification 1.4, "PPI". 20 programmable channels, 12 fixed ones, a
 * FORK task for each, 6 groups.
 *
 * A task runs in the cycle of its event (on the chip: at most one period of 16 MHz later), channels
 * of one event in the order of their numbers. Events that follow from these tasks wait until all of
 * them have run. A channel runs once in a period of 16 MHz: when its event comes again, as in a
 * ring of tasks and events, it runs in the next, if it is still enabled then. Of tasks that PPI
 * runs at once, CHG.EN wins over CHG.DIS for a channel that is in both groups.
 */
#ifndef PERIPHERALS_NRF52_PPI_H
#define PERIPHERALS_NRF52_PPI_H

#include "peripherals/iface/device.h"

#define PPI_CHANNELS              32U
#define PPI_PROGRAMMABLE_CHANNELS 20U
#define PPI_GROUPS                6U
#define PPI_RING_PERIODS          256U /* of rounds without a pause: a guest error is reported */

enum ppi_fault { PPI_FAULT_CHANNEL_DEAD, PPI_FAULT_EVENT_LOST, PPI_FAULTS };

/* Kept over a reset. */
struct ppi_faults {
    int32_t values[PPI_FAULTS];
};

struct ppi {
    struct device_env env;
    bool delivering;      /* tasks are being triggered further up the call stack */
    uint32_t enabled_now; /* by tasks of this round; 0 outside of one */
    struct ppi_state {
        uint32_t chen;
        uint32_t chg[PPI_GROUPS];
        uint32_t eep[PPI_PROGRAMMABLE_CHANNELS]; /* event and task addresses */
        uint32_t tep[PPI_PROGRAMMABLE_CHANNELS];
        uint32_t fork_tep[PPI_CHANNELS];
        uint32_t pending;      /* channels whose event happened and whose tasks have not run */
        uint32_t busy_periods; /* in a row that began with something pending */
        uint32_t ran;          /* channels that have run in ran_period */
        uint64_t ran_period;   /* of 16 MHz, since time 0 */
        struct ppi_faults faults;
    } state;
    struct event resume;
};

extern const struct device_class nrf52_ppi_class;

#endif
