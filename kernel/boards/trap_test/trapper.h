/*
 * trapper.h - for tests of traps only: the capsule that traps when it is told to, and its
 * neighbour, which lives on. tests/system/traps.lua and tests/test_trap.c drive them.
 */
#ifndef KERNEL_BOARDS_TRAP_TEST_TRAPPER_H
#define KERNEL_BOARDS_TRAP_TEST_TRAPPER_H

#include <stdbool.h>

#include "kernel/boards/trap_test/link.h"
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/delay.h"
#include "kernel/hil/gpio.h"
#include "kernel/hil/spi.h"

#define TRAPPER_DRIVER   0x90F01u
#define NEIGHBOUR_DRIVER 0x90F02u

/* What goes wrong, and where. apps/tests/trap has the same list. */
enum trapper_command {
    TRAPPER_INDEX = 1,    /* an index out of range, in the command */
    TRAPPER_SHIFT,        /* by the argument */
    TRAPPER_DIVISION,     /* by the argument */
    TRAPPER_NULL,         /* a null pointer */
    TRAPPER_BUS,          /* an address where nothing is */
    TRAPPER_SCOPE,        /* while it is in the process's grant */
    TRAPPER_DEFERRED,     /* in a deferred call */
    TRAPPER_INTERRUPT,    /* in a callback of a device */
    TRAPPER_DOWN_IN_CALL, /* asks the neighbour, which asks back: there */
    TRAPPER_UP_AND_DOWN,  /* deferred: tells the neighbour, which asks back: there */
    TRAPPER_TRUSTED,      /* not a capsule's: code that is trusted */
    TRAPPER_WENT_ON,      /* how often it went on behind a call in which it had trapped: never */
    TRAPPER_STORM,        /* in a callback of a pin that does not come to rest */
    TRAPPER_BUSY,         /* while it has the bus, and a delay runs; the neighbour waits for it */
    TRAPPER_STOPPED,      /* in a command that has stopped its caller, and lets it go on */
    TRAPPER_TERMINATED,   /* in a command that has ended its caller */
    TRAPPER_RESTARTED,    /* in a command that has begun a new life of its caller */
    TRAPPER_BOTH,         /* as DOWN_IN_CALL, and then the neighbour traps, too */
    TRAPPER_HANDLE,       /* calls an op of a handle that nobody offers */
    TRAPPER_NO_HANDLE,    /* calls an op of no handle */
};

enum neighbour_command {
    NEIGHBOUR_ASK = 1, /* asks the trapper, which traps; the answer is what ask returned */
    NEIGHBOUR_TELL,    /* deferred: tells the trapper, which traps */
    NEIGHBOUR_WENT_ON, /* how often it went on behind a call in which the trapper trapped */
    NEIGHBOUR_DONE,    /* transfers of its own that have come to their end */
};

/* More than the bus carries in 130 ms. */
#define TRAPPER_LONG_BYTES 2048u

/* What the board gives it; borrowed for ever. */
struct trapper_devices {
    const struct hil_delay *delay;
    const struct hil_gpio *storm;
    const struct hil_spi *spi;
};

struct trapper {
    const struct link *neighbour;      /* borrowed for ever, all of them */
    const struct link_client *upwards; /* the neighbour as the trapper's client */
    const struct trapper_devices *devices;
    struct hil_delay_client delay_client;
    struct hil_gpio_client storm_client;
    struct hil_spi_client spi_client;
    struct dma_buffer long_buffer;
    struct deferred_call deferred;
    uint32_t mode; /* enum trapper_command of what is deferred */
    uint32_t went_on;
    uint32_t table[4];
    const uint32_t *nothing; /* NULL */
    struct hil_gpio no_pin;  /* zero */
    const struct hil_gpio *no_handle;
    uint8_t long_bytes[TRAPPER_LONG_BYTES];
};

struct neighbour {
    const struct link *trapper;
    const struct link_client *upwards;
    const struct hil_spi *spi;
    struct hil_spi_client spi_client;
    struct deferred_call deferred;
    struct dma_buffer buffer;
    uint32_t went_on, done;
    uint8_t bytes[4];
};

extern const struct driver_ops trapper_driver_ops, neighbour_driver_ops;

/* How each is seen by the other, given where it lies. */
struct link trapper_link(struct trapper *trapper);
struct link_client trapper_client(struct trapper *trapper);
struct link neighbour_link(struct neighbour *neighbour);
struct link_client neighbour_client(struct neighbour *neighbour);

void trapper_init(struct trapper *trapper, const struct link *neighbour,
                  const struct link_client *upwards, const struct trapper_devices *devices);
void neighbour_init(struct neighbour *neighbour, const struct link *trapper,
                    const struct link_client *upwards, const struct hil_spi *spi);

/* The board's: trusted code that traps. */
void board_trap(void);

#endif
