/* peripherals/nrf52/twi_state.h - what TWI, TWIM and TWIS remember beside their registers: plain
 * values, part of serial_state; all zero is idle. */
#ifndef PERIPHERALS_NRF52_TWI_STATE_H
#define PERIPHERALS_NRF52_TWI_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/i2c.h"

/* What the registers said when a START task came. */
struct twi_setup {
    struct i2c_pins pins;
    uint32_t address;
    uint32_t bit_cycles;      /* 0: there is no clock, nothing will move */
    uint32_t pointer, maxcnt; /* TWIM: the buffer */
};

enum twi_phase {
    TWI_IDLE,
    TWI_BLOCKED, /* START waits for the lines */
    TWI_START,   /* START and the address */
    TWI_HELD,    /* between bytes, SCL low: waits for a task, for a byte, or for the target */
    TWI_BYTE,
    TWI_STOP,
};

struct twi_state {
    enum twi_phase phase;
    struct twi_setup wanted, setup; /* of a START that is to come, and of the one made */
    bool start_wanted, wanted_reading;
    bool stop_wanted, suspend_wanted, suspended;
    bool reading;
    bool refused; /* NACK: no more bytes */
    uint8_t byte;
    bool txd_full, rxd_full; /* TWI */
    uint32_t next, left;     /* TWIM: of the buffer */
};

struct twis_state {
    bool addressed, reading; /* reading: the controller reads, TXD is sent */
    bool started;            /* there is a buffer: RXSTARTED or TXSTARTED has come */
    bool rx_prepared, tx_prepared, suspended;
    uint32_t match;      /* which of the two addresses */
    uint32_t next, left; /* of the buffer */
};

#endif
