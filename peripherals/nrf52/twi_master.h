/* peripherals/nrf52/twi_master.h - the two-wire line of TWI and TWIM: START, address, bytes, STOP,
 * each in its bit times; what is suspended, stretched or stuck. What their registers mean is in
 * twi.c and twim.c.
 *
 * Reference: nRF52832 product specification 1.4, "TWIM" and "TWI". START takes one bit, an address
 * or a byte nine, STOP one. After the last byte SCL stays low until a task says how to go on. Tasks
 * that come within a byte are carried out at its end, STOP before START; after SUSPEND at its end
 * nothing happens before RESUME.
 * Nothing moves while a line is held low: START and STOP wait for SCL and SDA, a byte for SCL.
 */
#ifndef PERIPHERALS_NRF52_TWI_MASTER_H
#define PERIPHERALS_NRF52_TWI_MASTER_H

#include "peripherals/nrf52/serial_box.h"

enum twi_task {
    TWI_TASKS_STARTRX = 0x000,
    TWI_TASKS_STARTTX = 0x008,
    TWI_TASKS_STOP = 0x014,
    TWI_TASKS_SUSPEND = 0x01C,
    TWI_TASKS_RESUME = 0x020,
};

enum twi_event {
    TWI_EVENTS_STOPPED = 0x104,
    TWI_EVENTS_ERROR = 0x124,
    TWI_EVENTS_SUSPENDED = 0x148,
};

#define TWI_ERRORSRC_OVERRUN (1U << 0)
#define TWI_ERRORSRC_ANACK   (1U << 1)
#define TWI_ERRORSRC_DNACK   (1U << 2)

/* Where the bytes come from and go to. These may raise events, and tasks may come back in through
 * PPI: within them tasks only leave a note. */
struct twi_bytes {
    /* START has been made for box->state.twi.setup. */
    void (*started)(struct serial_box *box);
    bool (*has_byte)(const struct serial_box *box); /* one to send, or room for one */
    /* A byte begins; *byte: what to send (untouched when reading). False: it cannot be had. */
    bool (*begin)(struct serial_box *box, uint8_t *byte);
    /* It is over; `ack`: the target's (true when reading). */
    void (*end)(struct serial_box *box, uint8_t byte, bool ack);
};

extern const struct twi_bytes twi_bytes;  /* RXD and TXD: twi.c */
extern const struct twi_bytes twim_bytes; /* EasyDMA: twim.c */

/* For serial_function.init of TWI: both share the line. */
void twi_master_init(struct serial_box *box);

/* The task STARTRX or STARTTX; the buffer is used by TWIM. */
void twi_master_start(struct serial_box *box, bool reading, uint32_t pointer, uint32_t maxcnt);
/* STOP, SUSPEND or RESUME. */
void twi_master_run_task(struct serial_box *box, uint32_t offset);
/* A byte to send has come. */
void twi_master_continue(struct serial_box *box);
/* For the functions' hooks: box->step is due; ENABLE no longer selects it. */
void twi_master_step(struct serial_box *box, uint64_t late_cycles);
void twi_master_disabled(struct serial_box *box);
bool twi_master_state_is_sane(const struct serial_box *box, const struct serial_state *state,
                              uint64_t now_cycles);

#endif
