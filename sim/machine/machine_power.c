/* The supply fails and returns. */
#include <string.h>

#include "sim/machine/machine_internal.h"
#include "sim/machine/scramble.h"

void machine_cut_power(void *context, uint64_t off_us, uint64_t seed)
{
    struct machine *machine = context;
    struct machine_supply *supply = &machine->supply;
    if (!supply->cut && !supply->cut_pending) {
        supply->cut_pending = true;
        supply->off_us = off_us;
        supply->seed = seed;
        cpu_request_stop(machine->cpu);
    }
}

void machine_restore_power(void *context)
{
    struct machine *machine = context;
    struct machine_supply *supply = &machine->supply;
    if (supply->cut) {
        supply->back_cycle = clock_now(&machine->clock);
    }
    supply->off_us = supply->cut_pending ? 0 : supply->off_us;
}

/* Cells come up as they like, but the same each time. */
static void lose_ram(struct machine *machine, uint64_t seed)
{
    const struct board_memory *ram = &machine->board->ram;
    for (size_t at = 0; at + sizeof seed <= ram->size_bytes; at += sizeof seed) {
        uint64_t word = scramble(seed + at);
        memcpy(machine->ram + at, &word, sizeof word);
    }
    cpu_memory_changed(machine->cpu, ram->base, ram->size_bytes);
}

void machine_lose_power(struct machine *machine)
{
    struct machine_supply *supply = &machine->supply;
    uint64_t now = clock_now(&machine->clock);
    supply->cut_pending = false;
    supply->cut = true;
    supply->back_cycle = supply->off_us == CHIP_STAYS_OFF
                             ? CLOCK_NEVER
                             : now + clock_us_to_cycles(&machine->clock, supply->off_us);
    process_watch_entered(&machine->watch, now);
    machine_reset(machine, RESET_POWER_ON);
    lose_ram(machine, supply->seed);
    machine->off = true;
}

uint64_t machine_power_returns(const struct machine *machine)
{
    return machine->supply.cut ? machine->supply.back_cycle : CLOCK_NEVER;
}

void machine_regain_power(struct machine *machine)
{
    machine->supply.cut = false;
    machine->off = false;
    machine->reset_pending = true;
    machine->reset_reasons = RESET_POWER_ON;
}
