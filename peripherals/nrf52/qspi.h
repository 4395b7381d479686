/* peripherals/nrf52/qspi.h - nRF52840's interface to a serial flash on one, two or four lines, with
 * its own instructions, EasyDMA, and a window at 0x12000000 through which the CPU reads the flash.
 *
 * Reference: nRF52840 product specification 1.1, "QSPI". qspi.c has the registers,
 * qspi_transfer.c the order of operations, qspi_wires.c what is on the wires. Before each read,
 * write and erase, and before custom instructions with WIPWAIT, the flash's status register is read
 * until it is not busy. READY comes when the last bit is on the wire: after a write or an erase the
 * flash may be busy still.
 *
 * Approximate: while it waits for the flash, the status is read every 2 us to 1 ms, the longer it
 * takes the less often. Reads through the window cost the CPU the time of their transfer and do not
 * wait for a busy flash. Not modelled: execution from the window, RXDELAY, LIO2 and LIO3,
 * encryption.
 */
#ifndef PERIPHERALS_NRF52_QSPI_H
#define PERIPHERALS_NRF52_QSPI_H

#include "peripherals/iface/device.h"
#include "peripherals/nrf52/nrf_common.h"

#define QSPI_EVENTS_READY 0x100U

enum qspi_operation {
    QSPI_IDLE,
    QSPI_ACTIVATE,
    QSPI_READ,
    QSPI_WRITE,
    QSPI_ERASE,
    QSPI_CUSTOM,  /* CINSTRCONF */
    QSPI_ADDRESS, /* ADDRCONF */
    QSPI_DPM,     /* into or out of deep power-down */
};

/* What the present event of an operation is the end of. */
enum qspi_phase { QSPI_POLL, QSPI_SEND, QSPI_MOVE, QSPI_WAIT };

enum qspi_pin { QSPI_SCK, QSPI_CSN, QSPI_IO0, QSPI_IO1, QSPI_IO2, QSPI_IO3, QSPI_PINS };

enum qspi_fault { QSPI_FAULT_READY_LOST, QSPI_FAULTS };

struct qspi {
    struct device_env env;
    struct spi_controller controller;
    struct qspi_state {
        struct nrf_events events;
        uint32_t enable;
        uint32_t read_src, read_dst, read_cnt;
        uint32_t write_dst, write_src, write_cnt;
        uint32_t erase_ptr, erase_len;
        uint32_t psel[QSPI_PINS];
        uint32_t xipoffset, ifconfig0, ifconfig1, dpmdur, addrconf;
        uint32_t cinstrconf, cinstrdat[2], iftiming;
        uint32_t sreg;               /* as last read from the flash */
        uint32_t claimed[2];         /* SCK, CSN: number of the pin + 1, 0: none */
        bool active;                 /* between ACTIVATE and DEACTIVATE */
        bool in_dpm;                 /* STATUS.DPM */
        bool in_long_frame;          /* CSN stays low for the next custom instruction */
        bool told;                   /* of a problem in this operation */
        uint8_t operation;           /* enum qspi_operation */
        uint8_t phase;               /* enum qspi_phase */
        uint32_t flash, ram;         /* the next addresses of a read or write */
        uint32_t left;               /* and its bytes */
        uint32_t moving;             /* of these, in the present phase */
        uint64_t waiting_cycles;     /* when the wait for the flash began */
        int32_t faults[QSPI_FAULTS]; /* kept over a reset */
    } state;
    struct event step;
};

extern const struct device_class nrf52_qspi_class;

/* qspi_transfer.c */

/* Begins an operation; a guest error when another one is under way or it cannot be. */
void qspi_begin(struct qspi *qspi, enum qspi_operation operation);
void qspi_step_fired(void *owner, uint64_t late_cycles);
/* Ends everything under way, without a word. */
void qspi_abort(struct qspi *qspi);

/* qspi_wires.c */

/* Drives SCK and CSN from the state. */
void qspi_update_pins(struct qspi *qspi);
/* Reads the flash for the CPU; false: it is not active or busy otherwise. */
bool qspi_read_window(struct qspi *qspi, uint32_t address, uint32_t size_bytes, uint32_t *value);

#endif
