/* peripherals/iface/device.h - the one shape of every simulated device.
 *
 * A device class is a constant table; an instance is a struct of class->size_bytes in the machine's
 * arena. catalogue.c maps devicetree `compatible` strings to classes. Reset is two passes over all
 * devices: every reset(), then every update(): no order between devices matters.
 */
#ifndef PERIPHERALS_IFACE_DEVICE_H
#define PERIPHERALS_IFACE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/bus.h"
#include "peripherals/iface/byte_sink.h"
#include "peripherals/iface/chip.h"
#include "peripherals/iface/clock.h"
#include "peripherals/iface/device_timer.h"
#include "peripherals/iface/diag.h"
#include "peripherals/iface/dma.h"
#include "peripherals/iface/irq.h"
#include "peripherals/iface/nets.h"
#include "peripherals/iface/nvm.h"
#include "peripherals/iface/part_memory.h"
#include "peripherals/iface/props.h"
#include "peripherals/iface/task_event.h"
#include "peripherals/iface/wire.h"

/* Something that an observer (trace, window, terminal) may want to know: a part changed. */
struct observer {
    /* `device`: the node's label; `what`: constant, e.g. "on"; `value`: class-specific. May be
     * NULL. */
    void (*note)(void *context, const char *device, const char *what, int32_t value);
    /* Something was carried over a medium (USB, radio). `link_type`: what pcap calls the form of
     * `bytes` (LINKTYPE_...), which are valid during the call. May be NULL. */
    void (*packet)(void *context, const char *device, uint32_t link_type, const uint8_t *bytes,
                   uint32_t count);
    void *context;
};

static inline void observer_note(const struct observer *observer, const char *device,
                                 const char *what, int32_t value)
{
    if (observer->note != NULL) {
        observer->note(observer->context, device, what, value);
    }
}

static inline void observer_packet(const struct observer *observer, const char *device,
                                   uint32_t link_type, const uint8_t *bytes, uint32_t count)
{
    if (observer->packet != NULL) {
        observer->packet(observer->context, device, link_type, bytes, count);
    }
}

/* All that a device may know of the world. Copied by the device where it needs it; every pointer in
 * it lives as long as the machine. */
struct device_env {
    const char *name; /* the node's label, or its name: "uart0", "led0" */
    uint32_t base;    /* of its register window; 0 for parts */
    uint32_t window_bytes;
    struct clock *clock;
    struct irq_line irq;
    struct dma_port dma;
    struct diag *diag;
    struct event_port events;
    struct task_port tasks; /* used by PPI */
    struct chip_port chip;
    struct nvm *nvm;  /* used by NVMC and UICR; NULL when the chip has none */
    struct pin *pins; /* the chip's pins, indexed port * 32 + pin */
    uint32_t pin_count;
    struct nets *nets;   /* buses and voltages of the board */
    struct byte_sink tx; /* where a serial device's bytes go */
    struct observer observer;
    struct props props;
    struct part_memory *memory; /* what memory_bytes asked for; else NULL */
    uint64_t seed;              /* for random sources: from --seed and the node's name */
};

/* The guest broke a rule of the datasheet at register `offset` (of a part: with command `offset`);
 * `what`: a constant sentence without a full stop. */
static inline void device_guest_error(const struct device_env *env, uint32_t offset,
                                      const char *what)
{
    diag_guest_error(env->diag, env->name, offset, what);
}

/* A time-stamped input from outside, already due: press a button, touch, receive a byte. */
struct device_input {
    const char *what; /* "press", "release", "touch", "byte", ... */
    int32_t value;
};

enum device_quantity_form {
    DEVICE_QUANTITY_STAYS, /* until it is set again */
    DEVICE_QUANTITY_ADDS,  /* the input's value is added to what there is: steps of an encoder */
    DEVICE_QUANTITY_ONCE,  /* something happens each time: a tap; there is no value between */
};

/* What an input means to people, for those who offer it to them. */
struct device_quantity {
    const char *unit; /* "°C", "mV"; "" where there is none */
    uint8_t decimals; /* value 2150 with 2 of them: 21.50 */
    enum device_quantity_form form;
    int32_t usual_min, usual_max; /* what a slider spans; both 0: all that the input takes */
};

/* Something happens, and its value says nothing. */
extern const struct device_quantity device_action;

/* What users may say to a device: an input's name and the values that mean something. */
struct device_input_kind {
    const char *name;             /* as device_input.what; at most 19 characters */
    int32_t value_min, value_max; /* others are refused by whoever queues it */
    /* NULL: nothing to be offered beside others: a button's "press", bytes of a protocol. */
    const struct device_quantity *quantity;
};

/* A way in which a device or part can be told to misbehave: an input like any other, with the
 * fault's name. It lasts until the same with value 0 comes, unless `help` says that it happens once
 * or so many times. Faults are part of `state`; a reset of the chip does not end them. */
struct device_fault {
    const char *name;             /* as device_input.what; at most 19 characters, no input_name's */
    const char *help;             /* one line: what happens, and what `value` means with its unit */
    int32_t value_min, value_max; /* others are refused by whoever queues it */
};

#define DEVICE_TOUCH_PLACES 4096

/* What is known of a node before its device is made. */
struct device_site {
    const struct props *props;              /* without pins */
    uint32_t flash_bytes, flash_page_bytes; /* of the chip */
};

/* For device_class.input: where `input` is one of `faults` (ended by a NULL name) and its value 0
 * or in the range, keeps it in values[its index in the list]. False: it is not. */
bool device_fault_take(const struct device_fault *faults, const struct device_input *input,
                       int32_t *values);

/* For a fault that comes once, at the VALUE-th occasion from now: counts *value down at each
 * occasion. True: this is the one. */
bool device_fault_strikes(int32_t *value);

/* What the eye, the ear or the hand would tell of a part, beyond what its inputs (a button takes
 * "press") and its picture say. */
enum device_look {
    DEVICE_LOOK_PLAIN,
    DEVICE_LOOK_LIGHT,
    DEVICE_LOOK_MOTOR,
    DEVICE_LOOK_BUZZER,
    DEVICE_LOOK_KNOB,  /* somebody turns it */
    DEVICE_LOOK_OTHER, /* what it is connected with is elsewhere: a radio, a computer */
};

#define DEVICE_STATE_TEXT_BYTES 48

struct device_sight {
    bool active; /* lit, turning, sounding, pressed, touched, plugged in: at this moment */
    uint64_t active_cycles;             /* of lights and motors: in all, up to now */
    uint32_t x, y;                      /* of a touch panel that is touched: where */
    char text[DEVICE_STATE_TEXT_BYTES]; /* its state in words: "pressed"; "": none */
};

/* What a display shows now. */
struct device_picture {
    uint32_t width, height; /* pixels; do not change after init */
    uint32_t changes;       /* another number: the picture may be another one */
};

/* For device_class.state_is_sane: each of the values could have come from device_fault_take. */
bool device_faults_are_sane(const struct device_fault *faults, const int32_t *values);

/* For device_class.state_is_sane: the bytes of a bool that came from outside. */
static inline bool device_bool_is_sane(const bool *value)
{
    return *(const unsigned char *)value <= 1;
}

/* A snapshot keeps of a device what `state` holds and which of its events are queued, and nothing
 * else. So after init everything that changes lies in `state` (plain values, no pointer; what a
 * reset does not clear lies there, too) or in an event that is listed, and whatever else changes
 * must follow from them. Bump state_version when the layout or the meaning of `state` changes. */
struct device_class {
    const char *name;    /* "nrf52-uarte"; at most 31 characters */
    size_t size_bytes;   /* of the instance */
    size_t state_offset; /* the plain values that a snapshot copies */
    size_t state_bytes;
    uint32_t state_version;
    const size_t *event_offsets; /* of every struct event in the instance; NULL: it has none */
    size_t event_count;
    /* Whether *state, which comes from a file, is one that the device *self could have at
     * `now_cycles`, so far as it would do harm otherwise: bools 0 or 1; indices, counts and enums
     * within their ranges; no more than a second of its own time to catch up. NULL: any bytes are.
     */
    bool (*state_is_sane)(const void *self, const void *state, uint64_t now_cycles);
    /* How large the part_memory of a node is to be, in bytes: a multiple of its page, at most
     * PART_MEMORY_BYTES_MAX; 0 for properties that init refuses. NULL: it has none. */
    uint32_t (*memory_bytes)(const struct props *props);
    /* Sets up an instance that is zeroed. NULL when fine, else a constant message for the user (a
     * devicetree error). */
    const char *(*init)(void *self, const struct device_env *env);
    void (*reset)(
        void *self,
        uint32_t reasons);      /* own fields only; reasons: enum reset_reason bits; may be NULL */
    void (*update)(void *self); /* drives its lines from its state; may be NULL */
    /* Guest accesses; NULL for parts. */
    enum bus_result (*read)(void *self, struct bus_access access, uint32_t *value);
    enum bus_result (*write)(void *self, struct bus_access access, uint32_t value);
    /* What a read would give, without side effects: debugger, window. NULL: unknown registers read
     * 0. */
    uint32_t (*peek)(const void *self, uint32_t offset);
    /* A CPU store to flash or UICR (flash controller only). `address` is absolute. */
    enum bus_result (*memory_write)(void *self, uint32_t address, uint8_t size_bytes,
                                    uint32_t value);
    /* Whether the core may not load or fetch some byte of a range of flash (flash controller only):
     * a bus fault. The answer changes with chip.observing_changed. NULL: it may. */
    bool (*forbids_read)(const void *self, uint32_t address, uint32_t size_bytes);
    /* An event of any device; PPI only. `event_address` is absolute. */
    void (*event_raised)(void *self, uint32_t event_address);
    /* An access by the core (MWU only; not fetches, not DMA): to each device, and to memory where
     * `observes` says so for some byte of [address, address + size_bytes). */
    bool (*observes)(const void *self, uint32_t address, uint32_t size_bytes);
    void (*accessed)(void *self, uint32_t address, uint32_t size_bytes, bool write);
    /* An input from outside. False: it does not know `what`. NULL: it takes none. */
    bool (*input)(void *self, const struct device_input *input);
    /* What it takes from users, ended by a NULL name; NULL: nothing. What only the machine says
     * ("sleep") is not among them. */
    const struct device_input_kind *inputs;
    /* The value that a quantity among `inputs` (not one of DEVICE_QUANTITY_ONCE) has now, by its
     * index there. NULL: there is none. */
    int32_t (*input_value)(const void *self, size_t index);
    enum device_look look;
    /* What is seen of it; *sight is zeroed before. NULL: nothing. Changes nothing. */
    void (*see)(const void *self, struct device_sight *sight);
    /* Of a touch panel, whose input "touch" is X + DEVICE_TOUCH_PLACES * Y: how many places it has
     * in each direction, at most DEVICE_TOUCH_PLACES. NULL: it is none, and a touch has no place.
     */
    void (*touch_size)(const struct device_site *site, uint32_t *width, uint32_t *height);
    /* What `input` also takes: the faults of this device, ended by a NULL name; NULL: none. */
    const struct device_fault *faults;
    /* The highest value that one of its faults takes at this node: value_max, or less where the
     * node has fewer pins, pages or the like; what is higher does nothing. Asked before there is an
     * instance. NULL: value_max of all. */
    int32_t (*fault_max)(const struct device_site *site, const struct device_fault *fault);
    /* A display's picture, and row `y` of it: width * 3 bytes of red, green and blue. NULL: it is
     * no display. */
    bool (*picture)(const void *self, struct device_picture *picture);
    void (*picture_row)(const void *self, uint32_t y, uint8_t *rgb);
    /* What it counts and waits for, at most `max` rows; returns how many there are. First the
     * counter itself while it runs (no label), then what will happen. NULL: nothing. */
    size_t (*timers)(const void *self, struct device_timer *timers, size_t max);
    /* The cycle in which its counter will have made so many steps from now on, if nobody changes
     * anything; CLOCK_NEVER: it stands. NULL: it counts nothing that others wait for. */
    uint64_t (*steps_due)(const void *self, uint64_t steps);
    /* Its tasks by name, ended by a NULL name; NULL: nobody wants to know. */
    const struct device_task *tasks;
    /* PPI only: the tasks (absolute addresses) that an event triggers; returns how many. */
    size_t (*wired_tasks)(const void *self, uint32_t event_address, uint32_t *tasks, size_t max);
};

#endif
