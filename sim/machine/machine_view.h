/* sim/machine/machine_view.h - what can be seen of a machine, as plain values. Nothing here changes
 * it. */
#ifndef SIM_MACHINE_MACHINE_VIEW_H
#define SIM_MACHINE_MACHINE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/absent.h"
#include "sim/machine/board.h"
#include "sim/machine/process_watch.h"

struct machine;

struct machine_totals {
    uint64_t now_cycles;
    uint32_t cpu_hz;
    uint64_t instructions, busy_cycles, exceptions, interrupts;
    uint64_t resets;                      /* after the first */
    uint32_t guest_errors, unimplemented; /* diag counts */
    uint64_t suppressed_messages;
    uint64_t refused_inputs; /* by a device that does not know them, or not with that value */
    uint64_t isolation_checks, isolation_violations;
};

void machine_view_totals(const struct machine *machine, struct machine_totals *totals);

/* Live for the life of the machine. */
const struct process_watch *machine_view_processes(const struct machine *machine);
/* Whether the chip has its supply; without it RAM holds nothing that means anything. */
bool machine_view_powered(const struct machine *machine);
const struct absent *machine_view_absent(const struct machine *machine);
const struct board *machine_view_board(const struct machine *machine);

/* The bytes themselves, from board->ram.base and board->flash.base on, as they are at any time.
 * Live for the life of the machine. */
const uint8_t *machine_view_ram(const struct machine *machine);
const uint8_t *machine_view_flash(const struct machine *machine);

/* The chip's pins, board->pin_count of them, as they are at any time. Live for the life of the
 * machine. */
const struct pin *machine_view_pins(const struct machine *machine);

/* The chip's supply. */
int32_t machine_view_supply_microvolts(const struct machine *machine);

/* The instance of board->devices[index], for the functions of its class that only look
 * (input_value, see, picture, picture_row). */
const void *machine_view_device(const struct machine *machine, size_t index);

/* What a device counts and waits for (device_class.timers); MACHINE_VIEW_CORE: the core's SysTick.
 * Returns how many rows there are, at most `max`. */
#define MACHINE_VIEW_CORE SIZE_MAX
size_t machine_view_timers(const struct machine *machine, size_t device,
                           struct device_timer *timers, size_t max);
/* The tasks that PPI triggers when the device's event comes, in words: "timer0 CLEAR, saadc
 * SAMPLE"; "" when there are none. */
void machine_view_wired_tasks(const struct machine *machine, size_t device, uint32_t event_offset,
                              char *text, size_t size);
/* The cycle in which the counter register at this address will have made so many steps;
 * CLOCK_NEVER: nobody knows such a counter, or it stands. */
uint64_t machine_view_steps_due(const struct machine *machine, uint32_t counter_address,
                                uint64_t steps);
/* Whose the next queued event is: a device's name, "SysTick", "input"; "" when there is none. */
const char *machine_view_next_owner(const struct machine *machine);

/* Who owns a byte: the machine's memory map over what process_watch_owner knows. */
struct owner machine_view_owner(const struct machine *machine, uint32_t address);

/* The same in words: "process hello, RAM (its stack, data and heap)". Returns buffer. */
const char *machine_view_owner_text(const struct machine *machine, uint32_t address, char *buffer,
                                    size_t size);

#endif
