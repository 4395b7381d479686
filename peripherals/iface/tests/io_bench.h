/* peripherals/iface/tests/io_bench.h - a world around one device, for tests that poke registers
 * with no CPU: clock, pins, RAM for EasyDMA, and a log of all that the device says. */
#ifndef PERIPHERALS_IFACE_TESTS_IO_BENCH_H
#define PERIPHERALS_IFACE_TESTS_IO_BENCH_H

#include "peripherals/iface/device.h"

#define BENCH_CPU_HZ    64000000U
#define BENCH_PINS      64U
#define BENCH_RAM_BASE  0x20000000U
#define BENCH_RAM_BYTES 0x2000U
#define BENCH_LOG       8192U

struct bench_prop {
    const char *name;
    uint32_t value;
};

/* A phandle-array property of the node: its next entry. Ends at name == NULL. */
struct bench_gpio {
    const char *name;
    uint32_t number, flags;
};

struct bench_bytes {
    const char *name;
    uint8_t bytes[4];
    uint32_t count;
};

struct bench_entry {
    uint64_t cycles;
    uint32_t value;
    const char *what; /* notes only */
};

struct bench_log {
    struct bench_entry entries[BENCH_LOG];
    uint32_t count;
};

struct bench {
    struct clock clock;
    struct diag diag;
    struct pin pins[BENCH_PINS];
    struct nets nets;
    struct part_memory memory;
    uint8_t ram[BENCH_RAM_BYTES];
    struct bench_prop props[8]; /* u32 properties of the node, the same name again: the next cell;
                                   ends at name == NULL */
    struct props_gpio gpio;     /* its `gpios` property; pin == NULL: absent */
    struct bench_gpio gpios[4]; /* its other ones and its bus node's, such as `cs-gpios` */
    uint32_t bus_pins[PROPS_UART_CTS + 1]; /* of its bus node: the pin's number + 1, 0: absent */
    struct bench_bytes bytes;              /* its property of bytes; name == NULL: none */
    bool irq;
    uint32_t resets, detects;
    uint32_t wakes, wake_reason; /* the last one's */
    struct bench_log events;     /* value: absolute address of the event */
    struct bench_log tasks;      /* value: absolute address of the task */
    struct bench_log tx;         /* value: byte */
    struct bench_log notes;      /* value and what: of the observer */
    /* Called for each triggered task or raised event, when not NULL. */
    void (*on_task)(struct bench *bench, uint32_t address);
    void (*on_event)(struct bench *bench, uint32_t address);
    void *on_context;
    const struct device_class *device_class;
    void *device;
    struct device_env env;
};

/* Makes a bench with no properties and pins that float. Free it with bench_free. */
struct bench *bench_new(void);
void bench_free(struct bench *bench);

/* Nobody drives or listens any more, as after bench_new: before a device is set up again. */
void bench_clear_nets(struct bench *bench);

/* Makes the device, resets it and updates it. Returns what init says. */
const char *bench_start(struct bench *bench, const struct device_class *device_class,
                        uint32_t base);
void bench_reset(struct bench *bench, uint32_t reasons);

uint32_t bench_read(struct bench *bench, uint32_t offset);
void bench_write(struct bench *bench, uint32_t offset, uint32_t value);
bool bench_input(struct bench *bench, const char *what, int32_t value);

/* Runs events until `cycles`, each in its own cycle. */
void bench_run_to(struct bench *bench, uint64_t cycles);

/* How often an event was raised, and the cycle of the last time. */
uint32_t bench_event_count(const struct bench *bench, uint32_t offset);
uint64_t bench_event_cycle(const struct bench *bench, uint32_t offset);

#endif
