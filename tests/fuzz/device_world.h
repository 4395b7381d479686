/* tests/fuzz/device_world.h - the board's devices without a core: clock, event router, address map,
 * pins, flash, RAM for EasyDMA; wired as sim/machine/machine.c wires them. Tens of thousands of
 * worlds a second, where a machine with its engine makes hundreds. */
#ifndef TESTS_FUZZ_DEVICE_WORLD_H
#define TESTS_FUZZ_DEVICE_WORLD_H

#include "sim/machine/address_map.h"
#include "sim/machine/event_router.h"
#include "tests/fuzz/fuzz_board.h"

#define WORLD_RAM_BYTES   0x10000U
#define WORLD_FLASH_BYTES 0x80000U
#define WORLD_UICR_BYTES  0x1000U

struct world_device {
    void *self; /* exactly as large as its class says, so that ASan sees what goes past it */
    const struct device_class *device_class;
    struct board_props props;
    struct part_memory memory;
};

struct world {
    struct clock clock;
    struct diag diag;
    struct nvm nvm;
    struct pin pins[BOARD_PINS_MAX];
    struct nets nets;
    struct world_device devices[BOARD_DEVICES_MAX];
    struct address_window windows[BOARD_DEVICES_MAX];
    struct address_map map;
    struct event_router router;
    struct world_device *ppi, *flash_controller;
    bool flash_changed;
    uint64_t irq_levels[4]; /* a bit for each line */
    uint64_t stall_until_cycle;
    uint32_t reset_reasons;
    bool reset_pending, off;
    uint64_t fired; /* clock events so far */
    uint64_t tasks; /* tasks that PPI triggered so far */
    uint8_t ram[WORLD_RAM_BYTES];
    uint8_t uicr[WORLD_UICR_BYTES];
    uint8_t flash[WORLD_FLASH_BYTES];
};

/* A world after a power-on reset. It is the same one each time, wiped. */
struct world *world_start(void);

/* As the core would: false when nothing answers there. */
bool world_read(struct world *world, uint32_t address, uint8_t size_bytes, uint32_t *value);
bool world_write(struct world *world, uint32_t address, uint8_t size_bytes, uint32_t value);
uint32_t world_peek(struct world *world, uint32_t address);

void world_input(struct world *world, const struct fuzz_input *input);

/* Runs the events up to a cycle, each in its own cycle, and the resets that they ask for. Fails
 * when an event is left in the past, or when a cycle never ends. */
void world_run_to(struct world *world, uint64_t cycle);

/* Resets everything, as a request of the guest would. */
void world_reset(struct world *world, uint32_t reasons);

/* Peeks at a register twice and fails when that changes the device or the queue. */
uint32_t world_peek_checked(struct world *world, uint32_t address);

#endif
