/* peripherals/iface/nets.h - what lies between the chip and its parts beside plain pins: one of
 * each kind for a machine, in its arena. Every device gets it (device_env.nets). */
#ifndef PERIPHERALS_IFACE_NETS_H
#define PERIPHERALS_IFACE_NETS_H

#include <stdbool.h>
#include <stddef.h>

#include "peripherals/iface/analog.h"
#include "peripherals/iface/i2c.h"
#include "peripherals/iface/lf_clock.h"
#include "peripherals/iface/serial.h"
#include "peripherals/iface/spi.h"
#include "peripherals/iface/usb_port.h"
#include "peripherals/iface/radio_medium.h"

#define NETS_VDD_MICROVOLTS 3000000

struct nets {
    struct analog_node vdd; /* the chip's supply; NETS_VDD_MICROVOLTS until a part says otherwise */
    struct lf_clock lf;     /* the chip's 32,768 Hz clock */
    struct serial serial;   /* the asynchronous serial lines */
    struct i2c i2c;         /* the I2C buses, found by their pins */
    struct spi_bus spi;     /* all SPI wires of the board */
    struct usb_port usb;    /* the chip's USB socket */
    struct radio_medium radio; /* the air around 2.4 GHz */
    const bool *hfxo;          /* whether the 64 MHz crystal runs; NULL: no device says so */
};

/* Whether what needs the crystal's precision works: it runs, or nobody controls it. */
static inline bool nets_hfxo_runs(const struct nets *nets)
{
    return nets->hfxo == NULL || *nets->hfxo;
}

void nets_init(struct nets *nets);

#endif
