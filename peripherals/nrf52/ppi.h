/* peripherals/nrf52/ppi.h - the programmable peripheral interconnect: events of one device trigger
 * tasks of another, without the CPU.
 *
 * Reference: nRF52832 product specification 1.4, "PPI". 20 programmable channels, 12 fixed ones, a
 * FORK task for each, 6 groups.
 *
 * A task runs in the cycle of its event (on the chip: at most one period of 16 MHz later), channels
 * of one event in the order of their numbers. Events that follow from these tasks wait until all of
 * them have run. A ring of tasks and events would go on for ever within one cycle: after
 * PPI_ROUNDS_PER_PERIOD rounds it goes on in the next period of 16 MHz.
 */
#ifndef PERIPHERALS_NRF52_PPI_H
#define PERIPHERALS_NRF52_PPI_H

#include "peripherals/iface/device.h"

#define PPI_CHANNELS              32U
#define PPI_PROGRAMMABLE_CHANNELS 20U
#define PPI_GROUPS                6U
#define PPI_ROUNDS_PER_PERIOD     16U

struct ppi {
    struct device_env env;
    bool delivering; /* tasks are being triggered further up the call stack */
    struct ppi_state {
        uint32_t chen;
        uint32_t chg[PPI_GROUPS];
        uint32_t eep[PPI_PROGRAMMABLE_CHANNELS]; /* event and task addresses */
        uint32_t tep[PPI_PROGRAMMABLE_CHANNELS];
        uint32_t fork_tep[PPI_CHANNELS];
        uint32_t pending; /* channels whose event happened and whose tasks have not run */
    } state;
    struct event resume;
};

extern const struct device_class nrf52_ppi_class;

#endif
