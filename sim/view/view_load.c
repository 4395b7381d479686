#include "sim/view/view_load.h"

#include <string.h>

#define PER_SECOND 16U
#define FULL       1000U

void view_load_start(struct view_load *load, uint32_t cpu_hz, uint64_t cycle, unsigned lane)
{
    *load = (struct view_load){
        .slot_cycles = cpu_hz / PER_SECOND, .first_cycle = cycle, .now_cycle = cycle, .lane = lane};
}

static struct view_load_slot *slot_at(struct view_load *load, uint64_t cycle)
{
    return &load->slots[cycle / load->slot_cycles % VIEW_LOAD_SLOTS];
}

void view_load_switch(struct view_load *load, uint64_t cycle, unsigned lane)
{
    if (cycle < load->now_cycle) {
        view_load_start(load, load->slot_cycles * PER_SECOND, cycle, lane);
        return;
    }
    uint64_t window = (uint64_t)load->slot_cycles * VIEW_LOAD_SLOTS;
    if (cycle - load->now_cycle > window) { /* nothing older is looked at: no need to walk there */
        uint64_t skipped = (cycle - load->now_cycle) / window * window;
        memset(load->slots, 0, sizeof load->slots);
        load->now_cycle += skipped - window;
    }
    while (load->now_cycle < cycle) {
        uint64_t slot_end = (load->now_cycle / load->slot_cycles + 1) * load->slot_cycles;
        uint64_t until = cycle < slot_end ? cycle : slot_end;
        slot_at(load, load->now_cycle)->cycles[load->lane] += until - load->now_cycle;
        load->now_cycle = until;
        if (until == slot_end) {
            memset(slot_at(load, until), 0, sizeof load->slots[0]);
        }
    }
    load->lane = lane;
}

void view_load_call(struct view_load *load, int process)
{
    if (process >= 0 && process < VIEW_PROCESSES_MAX) {
        slot_at(load, load->now_cycle)->calls[process]++;
    }
}

static uint64_t sum_of(const struct view_load *load, unsigned lane)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < VIEW_LOAD_SLOTS; i++) {
        sum += load->slots[i].cycles[lane];
    }
    return sum;
}

/* Rounded down, and what is missing to a whole goes to those that lost most: so no share is more
 * than 1/1000 off, and the sum is exact. */
void view_load_shares(const struct view_load *load, uint16_t permille[VIEW_LOAD_LANES])
{
    uint64_t cycles[VIEW_LOAD_LANES];
    uint64_t rest[VIEW_LOAD_LANES];
    uint64_t total = 0;
    uint32_t given = 0;
    for (unsigned i = 0; i < VIEW_LOAD_LANES; i++) {
        cycles[i] = sum_of(load, i);
        total += cycles[i];
    }
    for (unsigned i = 0; i < VIEW_LOAD_LANES; i++) {
        permille[i] = (uint16_t)(total == 0 ? 0 : cycles[i] * FULL / total);
        rest[i] = total == 0 ? 0 : cycles[i] * FULL % total;
        given += permille[i];
    }
    for (; total != 0 && given < FULL; given++) {
        unsigned most = 0;
        for (unsigned i = 1; i < VIEW_LOAD_LANES; i++) {
            most = rest[i] > rest[most] ? i : most;
        }
        permille[most] = (uint16_t)(permille[most] + 1U);
        rest[most] = 0;
    }
}

uint32_t view_load_calls(const struct view_load *load, uint32_t per_second[VIEW_PROCESSES_MAX])
{
    uint64_t cycles = 0;
    uint64_t all = 0;
    for (unsigned i = 0; i < VIEW_LOAD_LANES; i++) {
        cycles += sum_of(load, i);
    }
    for (size_t process = 0; process < VIEW_PROCESSES_MAX; process++) {
        uint64_t calls = 0;
        for (size_t i = 0; i < VIEW_LOAD_SLOTS; i++) {
            calls += load->slots[i].calls[process];
        }
        all += calls;
        per_second[process] =
            cycles == 0 ? 0 : (uint32_t)(calls * load->slot_cycles * PER_SECOND / cycles);
    }
    return cycles == 0 ? 0 : (uint32_t)(all * load->slot_cycles * PER_SECOND / cycles);
}
