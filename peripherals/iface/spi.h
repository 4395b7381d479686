/* peripherals/iface/spi.h - the SPI wires of a board, a byte at a time.
 *
 * A target (flash, display, the chip's own SPIS) joins with the pins that it is wired to; it is
 * selected while its chip select is active. A controller names the pins of its PSEL registers when
 * it exchanges a byte: it reaches the selected targets whose clock pin is its own. Where data pins
 * differ, each side reads what the level of its pin says. Bytes are in the order of the wire: the
 * first bit is bit 7.
 *
 * A change of a chip select, or of another wire that a target acts on, takes place between two
 * bytes: controllers that have bytes under way exchange, before the target hears of it, those whose
 * time has passed (settle).
 */
#ifndef PERIPHERALS_IFACE_SPI_H
#define PERIPHERALS_IFACE_SPI_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/wire.h"

#define SPI_NO_PIN UINT32_MAX
#define SPI_FLOATS (-1) /* a target's answer: it does not drive the line */

#define SPI_MODE_0 (1U << 0) /* bits of spi_target.modes */
#define SPI_MODE_3 (1U << 3)

/* How a byte goes over the wires. */
struct spi_frame {
    uint8_t lines; /* 1, 2 or 4; more than one: all of them carry data one way */
    uint8_t mode;  /* CPOL * 2 + CPHA */
    bool read;     /* with more than one line: from the target to the controller */
    uint32_t hz;   /* of SCK */
};

/* Pins of the chip: port * 32 + pin, or SPI_NO_PIN. */
struct spi_pins {
    uint32_t sck, mosi, miso;
};

/* Embedded by its owner; lives as long as the machine. What can change lies in the owner's state,
 * so that a snapshot has it. */
struct spi_target {
    void *owner;
    const struct spi_pins *pins; /* the owner's */
    bool *selected;              /* in the owner's state; spi_target_select changes it */
    uint32_t modes;              /* bit m: it works in mode m */
    /* One byte. `out`: what the controller drives, 0..255. Returns what the target drives, 0..255,
     * or SPI_FLOATS. */
    int32_t (*exchange)(void *owner, uint8_t out, const struct spi_frame *frame);
    /* Its chip select changed; may be NULL. */
    void (*select_changed)(void *owner, bool selected);
    bool cs_active_high;
    struct spi_bus *bus;
    struct wire_listener cs_listener;
    struct spi_target *next;
};

/* Embedded by a peripheral that drives buses. */
struct spi_controller {
    void *owner;
    const struct pin *pins; /* the chip's, pin_count of them */
    uint32_t pin_count;
    /* Exchanges the bytes that are over by now; may be NULL. Does nothing when none is under way.
     */
    void (*settle)(void *owner);
    struct spi_controller *next;
};

/* A wire between two pins of the chip: for the bus they are one. Embedded by its owner. */
struct spi_joint {
    uint32_t first, second;
    struct spi_joint *next;
};

/* All SPI wires of a machine. The lists change only while devices are set up. */
struct spi_bus {
    struct spi_target *targets;
    struct spi_controller *controllers;
    struct spi_joint *joints;
};

enum spi_problem {
    SPI_FINE,
    SPI_CONTENTION, /* two selected targets drive the line with different levels */
    SPI_WRONG_MODE, /* a selected target does not know the mode: it ignored the byte */
};

/* What came of a byte. */
struct spi_result {
    uint8_t in;               /* what the controller reads */
    bool answered;            /* a target was reached */
    enum spi_problem problem; /* for the controller to report */
};

/* Joins once; later calls have no effect. The fields up to select_changed are set. */
void spi_bus_add_target(struct spi_bus *bus, struct spi_target *target);
void spi_bus_add_controller(struct spi_bus *bus, struct spi_controller *controller);
void spi_bus_add_joint(struct spi_bus *bus, struct spi_joint *joint);

/* For the owner's init: the target's chip select is a pin that the chip drives; NULL: it is always
 * selected. */
void spi_target_listen(struct spi_target *target, struct pin *cs, bool active_high);

/* For targets that know their chip select otherwise. */
void spi_target_select(struct spi_target *target, bool selected);

/* Exchanges one byte over the given pins. */
struct spi_result spi_exchange(struct spi_bus *bus, const struct spi_controller *controller,
                               const struct spi_pins *pins, uint8_t out,
                               const struct spi_frame *frame);

/* To be called by a target before it acts on a wire other than its chip select. */
void spi_bus_settle(struct spi_bus *bus);

#endif
