/* peripherals/nrf52/spi_states.h - what SPI, SPIM and SPIS remember: parts of serial_state. All
 * zero is idle. */
#ifndef PERIPHERALS_NRF52_SPI_STATES_H
#define PERIPHERALS_NRF52_SPI_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/spi.h"

struct spi_state {
    bool shifting;    /* a byte is on the wire */
    bool tx_waits;    /* and TXD holds the next one */
    bool told;        /* of a problem since ENABLE */
    uint8_t out;      /* on the wire */
    uint8_t tx_next;  /* waits */
    uint8_t rx_next;  /* waits until RXD is read */
    uint8_t rx_count; /* 0 to 2: unread bytes in RXD and behind it */
};

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

enum spis_semaphore { SPIS_FREE = 0, SPIS_CPU = 1, SPIS_SPIS = 2, SPIS_CPU_PENDING = 3 };

struct spis_state {
    struct spi_pins pins; /* of PSEL, while SPIS is selected */
    bool selected;        /* CSN is low */
    bool granted;         /* SPIS had the semaphore when CSN fell */
    bool told;            /* of a wrong mode */
    bool rx_ended;
    uint8_t not_semstat;                /* SEMSTAT ^ 1, so that zero is its reset value */
    uint32_t rx_ptr, rx_count, rx_done; /* taken over when CSN fell */
    uint32_t tx_ptr, tx_count, tx_done;
};

#endif
