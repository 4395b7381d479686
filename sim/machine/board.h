/* sim/machine/board.h - what a devicetree blob says about a board. Reads through libfdt; knows no
 * device but by its class.
 *
 * What is used of the devicetree (property names of the public Zephyr bindings):
 *   /soc `compatible`            names the chip ("nordic,nrf52832")
 *   /chosen zephyr,flash         else the first "soc-nv-flash" node: flash, its erase-block-size,
 *                                its sandglass,timing (see board_find_flash_timing)
 *   /chosen zephyr,sram          else the first "mmio-sram" node: RAM
 *   /chosen zephyr,console       the UART that is the terminal (else stdout-path)
 *   /chosen sandglass,apps       the flash partition that apps go to (else from where Tock's
 *                                boards have them to the end of the flash)
 *   a node whose `compatible` has a device class: a device, with reg, interrupts[0]. On-chip
 *     devices exist whatever their `status` says; of several nodes at one address the first that is
 *     "okay" counts. Parts exist when they and all nodes above them are "okay".
 *   a node of a part's class with children, on no bus and without pins of its own (gpio-leds,
 *     gpio-keys, pwm-leds): each child is a device
 *   a part below a serial bus of the chip, or below a node whose `spi-dev` names one, has its
 *     address or chip select in `reg`
 *   labels (dtc -@) name the devices; without them aliases, then node names.
 *   `io-channels` <&adc N>: input AIN N, or what the ADC's node for channel N says in
 *     `zephyr,input-positive`: props.u32 gives the input
 *   pinctrl-0 with groups of `psels`, `...-gpios`: see board_pins.h
 *
 * A tree that contradicts itself is refused with one line: file, node, what, and what to do.
 */
#ifndef SIM_MACHINE_BOARD_H
#define SIM_MACHINE_BOARD_H

#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/device.h"
#include "sim/cpu/cpu.h"
#include "sim/loader/sim_error.h"

#define BOARD_DEVICES_MAX      128
#define BOARD_PINS_MAX         64
#define BOARD_NAME_BYTES       32
#define BOARD_NOTES_MAX        16
#define BOARD_BLOB_MAX         (256 * 1024)
#define BOARD_FLASH_PAGE_BYTES 4096U /* of every chip here */
#define BOARD_WINDOWS_MAX      4
#define BOARD_REGISTERS_BYTES  0x1000U /* of a chip's peripheral, at most */
#define BOARD_NO_IRQ           UINT32_MAX
#define BOARD_NO_BUS           (-1)

struct board_memory {
    uint32_t base, size_bytes;
};

struct board_device {
    const struct device_class *device_class;
    char name[BOARD_NAME_BYTES]; /* its label, else the node's name without the address */
    int node;                    /* offset in the blob */
    uint32_t base;               /* where its registers' offsets count from: reg[0]; 0 for parts */
    /* From `base` to the end of the last of its windows that begins within 4 kB of it; 0 for
     * parts: the offsets that its registers may have. */
    uint32_t window_bytes;
    struct board_memory windows[BOARD_WINDOWS_MAX]; /* every entry of reg */
    size_t window_count;
    uint32_t irqn;        /* BOARD_NO_IRQ: none */
    int bus;              /* the node of the bus that a part sits on; BOARD_NO_BUS: none */
    uint32_t bus_address; /* there: I2C address or chip select */
};

/* What is no mistake, but hardly what somebody wanted: a node that is okay and does nothing. */
struct board_note {
    int node;
    bool bus_disabled; /* else: it is wired to the chip, and nobody here knows its compatible */
};

/* What no devicetree tells about a chip. */
struct board_chip {
    const char *name;       /* "nrf52832", as in catalogue_absent.chip */
    uint32_t irq_count;     /* external interrupts */
    uint32_t code_ram_base; /* the same RAM again for instruction fetches */
    uint32_t uicr_base, uicr_bytes;
    uint32_t cpu_hz;
    uint32_t priority_bits;
    uint32_t apps_base; /* from the start of the flash, where the board says nothing */
};

/* "cached", "uncached", "ideal" or "icache"; false: another name. */
bool board_find_flash_timing(const char *name, enum cpu_flash_timing *timing);

struct board {
    uint8_t *blob; /* owned */
    char *file;    /* owned: what messages call it */
    const char *model;
    const struct board_chip *chip;
    struct board_memory flash, ram, apps;
    uint32_t flash_page_bytes;          /* what is erased at once: BOARD_FLASH_PAGE_BYTES */
    enum cpu_flash_timing flash_timing; /* sandglass,timing of the flash; cached where not given */
    const char *console;                /* name of a device; NULL: none */
    struct board_device devices[BOARD_DEVICES_MAX];
    size_t device_count;
    uint32_t pin_count;
    uint32_t psel_shift; /* of the function in an entry of psels */
    struct board_note notes[BOARD_NOTES_MAX];
    size_t note_count;
};

typedef const struct device_class *board_find_class(const char *compatible);

/* Reads a board from a blob, which is copied. `name` is for messages; a tree that cannot be a board
 * is SIM_WRONG_USE. The board must outlive the machine that is built from it. */
bool board_parse(const char *name, const void *blob, size_t size, board_find_class *find_class,
                 struct board *board, struct sim_error *error);
void board_free(struct board *board);

/* The index of the device with this name ("button0"), or -1. */
int board_find_device(const struct board *board, const char *name);

/* Says what is wrong with a node: SIM_WRONG_USE, "FILE: /path/of/node: ...". Always false. */
bool board_refuse(const struct board *board, int node, struct sim_error *error, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* Where a device is: "0x40002000", "i2c0:0x44" (address or chip select on its bus), "P0.17" or "-".
 */
void board_device_place(const struct board *board, size_t index, char *text, size_t size);

/* One line about board->notes[index]. */
void board_note_text(const struct board *board, size_t index, char *text, size_t size);

/* Whether a property of this name is a list of pins: "gpios" or "...-gpios". */
bool board_is_gpio_property(const char *name);

/* The properties of one of the board's devices. `pins` is the machine's array of board->pin_count
 * pins. The view is filled in and must live as long as the machine. */
struct board_props {
    const struct board *board;
    struct pin *pins;
    int node;
};
struct props board_props_make(struct board_props *view, const struct board *board, int node,
                              struct pin *pins);

/* What a device class is told of a node before there is a device; `props` from board_props_make. */
static inline struct device_site board_site(const struct board *board, const struct props *props)
{
    return (struct device_site){.props = props,
                                .flash_bytes = board->flash.size_bytes,
                                .flash_page_bytes = board->flash_page_bytes};
}

#endif
