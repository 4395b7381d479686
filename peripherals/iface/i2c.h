/* peripherals/iface/i2c.h - the I2C buses of a board, as transactions: who answers to an address,
 * bytes with their acknowledgements, START and STOP. Bits do not exist here: a controller counts
 * their time.
 *
 * A bus is named by the numbers of its SCL and SDA pins (port * 32 + pin). A controller finds its
 * targets by the pins that its PSEL registers hold when it does something. The lines are
 * open-drain: a byte is acknowledged when one target does so, and what several targets send is
 * ANDed. The order of calls is START, then bytes, then a repeated START or STOP; a target takes
 * them in any order without harm, since a controller may be switched off at any time.
 *
 * Lines that a part holds low (a fault, or clock stretching that goes on and on) are wires of the
 * chip's pins as well (pin.in), so that GPIO sees them.
 * Not modelled: arbitration between two controllers on one bus, 10-bit addresses.
 */
#ifndef PERIPHERALS_IFACE_I2C_H
#define PERIPHERALS_IFACE_I2C_H

#include <stdbool.h>
#include <stdint.h>

#define I2C_ADDRESS_NONE          0xFFU /* of a target that decides itself what it answers to */
#define I2C_STRETCH_TILL_RELEASED UINT64_MAX /* SCL stays low until i2c_release */

struct i2c_pins {
    uint32_t scl, sda;
};

/* A device that can be addressed: embedded by a part or a peripheral, set up before i2c_attach,
 * lives as long as the machine. Every function is called for each target of a bus, addressed or
 * not: who is not addressed acknowledges nothing, sends 0xFF and stretches nothing. */
struct i2c_target {
    const char *name;     /* the node's label */
    struct i2c_pins pins; /* where find_pins is NULL */
    uint8_t address;      /* 7 bits, so that two on one bus are found; or I2C_ADDRESS_NONE */
    void *owner;
    /* Where it is now; false: on no bus. NULL: on `pins`, always. */
    bool (*find_pins)(const void *owner, struct i2c_pins *pins);
    bool (*start)(void *owner, uint8_t address, bool read); /* START or repeated START: ACK? */
    bool (*write)(void *owner, uint8_t byte);               /* the whole byte has come: ACK? */
    uint8_t (*read)(void *owner);                           /* the byte that begins now */
    void (*stop)(void *owner);
    /* Cycles for which it holds SCL before the byte that comes next; NULL: none. */
    uint64_t (*stretch)(const void *owner);
    /* Whether it holds a line low outside of any transfer; NULL: never. */
    bool (*holds_scl)(const void *owner);
    bool (*holds_sda)(const void *owner);
    struct i2c_target *next;
};

/* Who starts transfers; embedded as above. */
struct i2c_controller {
    void *owner;
    /* Something that may have kept SCL low, or a line stuck, on some bus is over. */
    void (*released)(void *owner);
    struct i2c_controller *next;
};

/* A wire between two pins of the chip: a bus that has one of them has the other as well. */
struct i2c_joint {
    uint32_t first, second;
    struct i2c_joint *next;
};

/* All buses of a machine. The lists change only while devices are set up. */
struct i2c {
    struct i2c_target *targets; /* in the order in which they joined */
    struct i2c_controller *controllers;
    struct i2c_joint *joints;
};

void i2c_init(struct i2c *i2c);

void i2c_attach(struct i2c *i2c, struct i2c_target *target);
void i2c_add_controller(struct i2c *i2c, struct i2c_controller *controller);
void i2c_join(struct i2c *i2c, struct i2c_joint *joint);

/* The target that has this very address on a bus; NULL: none. Targets with I2C_ADDRESS_NONE are not
 * looked at. */
const struct i2c_target *i2c_find(const struct i2c *i2c, struct i2c_pins pins, uint8_t address);

/* What a controller does. i2c_start and i2c_write: acknowledged? Targets may raise events in there,
 * and so call back into the controller. */
bool i2c_start(const struct i2c *i2c, struct i2c_pins pins, uint8_t address, bool read);
bool i2c_write(const struct i2c *i2c, struct i2c_pins pins, uint8_t byte);
uint8_t i2c_read(const struct i2c *i2c, struct i2c_pins pins);
void i2c_stop(const struct i2c *i2c, struct i2c_pins pins);

/* How long SCL is held before the next byte: cycles, 0 or I2C_STRETCH_TILL_RELEASED. */
uint64_t i2c_stretch(const struct i2c *i2c, struct i2c_pins pins);

/* Whether a target holds a line of the bus low. */
bool i2c_scl_is_held(const struct i2c *i2c, struct i2c_pins pins);
bool i2c_sda_is_held(const struct i2c *i2c, struct i2c_pins pins);

/* A target lets go of SCL or SDA: controllers that wait look again. */
void i2c_release(const struct i2c *i2c);

#endif
