/* peripherals/nrf52/spim_state.h - what SPIM remembers of a transfer: part of serial_state. */
#ifndef PERIPHERALS_NRF52_SPIM_STATE_H
#define PERIPHERALS_NRF52_SPIM_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct spim_state {
    bool running;   /* from START to END or STOPPED */
    bool suspended; /* SUSPEND came; the byte under way is sent to its end */
    bool stopping;  /* STOP came; as above */
    bool rx_ended, tx_ended;
    bool told;                 /* of a problem in this transfer */
    uint32_t rx_ptr, rx_count; /* taken over from RXD at START */
    uint32_t tx_ptr, tx_count; /* and from TXD */
    uint32_t total, done;      /* bytes on the wire */
    uint32_t burst;            /* bytes that box->step is the end of; 0: none under way */
    uint32_t burst_done;       /* of these, exchanged already */
    uint64_t burst_cycles;     /* when the first of these began */
    uint64_t byte_cycles;
};

#endif
