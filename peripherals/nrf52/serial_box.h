/* peripherals/nrf52/serial_box.h - the peripherals at 0x40003000, 0x40004000 and 0x40023000 (and
 * nRF52840's SPIM3 at 0x4002F000): one window, one interrupt and one set of registers, with ENABLE
 * saying which function has them: SPI (1), SPIS (2), TWI (5), TWIM (6), SPIM (7), TWIS (9).
 *
 * Reference: nRF52832 product specification 1.4, "Peripheral interface" (shared identifiers) and
 * the six chapters; nRF52840 product specification 1.1. Devicetree: `easydma-maxcnt-bits` (else
 * what the chip has: 8, nRF52840 16).
 *
 * How a function plugs in: a constant struct serial_function in a file of its own, declared below
 * and listed in serial_box.c; what it must remember is a struct of its own in serial_state (plain
 * values, all zero: idle). The box keeps the registers and the events and calls the function that
 * ENABLE selects, and no other: for tasks, for writes after they are stored, when an event that it
 * scheduled is due, when it is selected and when it no longer is. Tasks of a function that is not
 * selected are guest errors.
 *
 * Not modelled: that a function which is enabled while another's bits are left in INTEN or SHORTS
 * sees them, beyond what the shared registers say.
 */
#ifndef PERIPHERALS_NRF52_SERIAL_BOX_H
#define PERIPHERALS_NRF52_SERIAL_BOX_H

#include "peripherals/iface/device.h"
#include "peripherals/nrf52/nrf_common.h"
#include "peripherals/nrf52/serial_registers.h"
#include "peripherals/nrf52/twi_state.h"
#include "peripherals/nrf52/spi_states.h"

#define SERIAL_NO_PIN           UINT32_MAX
#define SERIAL_PINS_MAX         64U
#define SERIAL_TASK_BIT(offset) (1U << ((offset) / 4U))

enum serial_enable {
    SERIAL_ENABLE_NONE = 0,
    SERIAL_ENABLE_SPI = 1,
    SERIAL_ENABLE_SPIS = 2,
    SERIAL_ENABLE_TWI = 5,
    SERIAL_ENABLE_TWIM = 6,
    SERIAL_ENABLE_SPIM = 7,
    SERIAL_ENABLE_TWIS = 9,
};

/* Pins that the box takes over from GPIO. */
enum serial_claim { SERIAL_CLAIM_SCK, SERIAL_CLAIM_CSN, SERIAL_CLAIM_DCX, SERIAL_CLAIMS };

enum serial_fault { SERIAL_FAULT_RX_CORRUPT, SERIAL_FAULTS };

/* Kept over a reset. */
struct serial_faults {
    int32_t values[SERIAL_FAULTS];
    uint64_t random;
};

struct serial_box {
    struct device_env env;
    struct serial_shape shape;
    bool is_spim3;
    struct serial_twi_wires {
        struct i2c_controller controller; /* TWI and TWIM */
        struct i2c_target target;         /* TWIS */
        bool proceeding;                  /* within a call of twi_master.h only */
    } twi;
    struct spi_controller controller; /* SPI and SPIM */
    struct spi_target target;         /* SPIS */
    struct wire_listener pads[SERIAL_PINS_MAX];
    struct serial_state {
        struct nrf_events events;
        struct serial_registers registers;
        uint32_t enable;
        uint32_t claimed[SERIAL_CLAIMS]; /* number of the pin + 1; 0: none */
        struct spi_state spi;
        struct spim_state spim;
        struct twi_state twi;
        struct twis_state twis;
        struct spis_state spis;
        struct serial_faults faults;
    } state;
    struct event step; /* two events for the selected function; disabling cancels them */
    struct event second;
};

struct serial_function {
    enum serial_enable enable;
    enum serial_function_bit bit;
    uint32_t events; /* a NRF_EVENT_BIT for each that it has */
    uint32_t tasks;  /* a SERIAL_TASK_BIT for each that it has */
    void (*run_task)(struct serial_box *box, uint32_t offset);
    /* A register that follows from the function's state; it may be asked while the function is not
     * selected. False: it is none of its own. NULL: it has none. */
    bool (*get)(const struct serial_box *box, uint32_t offset, uint32_t *value);
    /* A write to such a register, while selected. False: it cannot be written. NULL: none can. */
    bool (*set)(struct serial_box *box, uint32_t offset, uint32_t value);
    /* The guest has read, or written and the box has stored, a register; may be NULL. */
    void (*was_read)(struct serial_box *box, uint32_t offset);
    void (*was_written)(struct serial_box *box, uint32_t offset);
    /* ENABLE selects it; no longer selects it (also: a reset): it forgets its transfers. May be
     * NULL. */
    void (*enabled)(struct serial_box *box);
    void (*disabled)(struct serial_box *box);
    /* Drives the pins that it claims from the state. NULL: it claims none. */
    void (*update)(struct serial_box *box);
    /* box->step, box->second is due. */
    void (*step)(struct serial_box *box, uint64_t late_cycles);
    void (*second)(struct serial_box *box, uint64_t late_cycles);
    /* For init, once: joins buses; may be NULL. */
    void (*init)(struct serial_box *box);
    bool (*state_is_sane)(const struct serial_box *box, const struct serial_state *state,
                          uint64_t now_cycles);
};

extern const struct serial_function serial_spi;
extern const struct serial_function serial_spim;
extern const struct serial_function serial_twi;
extern const struct serial_function serial_twim;
extern const struct serial_function serial_twis;
extern const struct serial_function serial_spis;

extern const struct device_class nrf52_serial_box_class;

/* Is this function selected? */
static inline bool serial_box_is(const struct serial_box *box, enum serial_enable enable)
{
    return box->state.enable == (uint32_t)enable;
}

/* A byte that came in over the wires of SPI, SPIM, TWI or TWIM, as a fault lets it arrive. */
uint8_t serial_box_arrives(struct serial_box *box, uint8_t byte);

/* Raises an event: register, line, PPI. May call back into the box. */
void serial_box_raise(struct serial_box *box, uint32_t event);

void serial_box_guest_error(struct serial_box *box, uint32_t offset, const char *what);

/* The pin (port * 32 + pin) that a PSEL value names, or SERIAL_NO_PIN. */
uint32_t serial_box_pin(const struct serial_box *box, uint32_t psel);

/* Takes a pin over and drives it; SERIAL_NO_PIN, or WIRE_FLOATING, gives it back to GPIO. The pin
 * that the same claim held before is given back. */
void serial_box_claim(struct serial_box *box, enum serial_claim claim, uint32_t pin,
                      enum wire_level level);

#endif
