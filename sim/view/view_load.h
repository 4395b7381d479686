/* sim/view/view_load.h - who had the CPU during the last second of virtual time, and how many
 * system calls there were: counted exactly, in a window that moves on by 1/16 of it. Plain values;
 * fed by the caller. */
#ifndef SIM_VIEW_VIEW_LOAD_H
#define SIM_VIEW_VIEW_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "sim/view/view_processes.h"

#define VIEW_LOAD_SLOTS 17 /* 16 whole ones and the one that is being filled */

/* Processes are lanes 0 to VIEW_PROCESSES_MAX - 1. */
enum view_load_lane {
    VIEW_LOAD_KERNEL = VIEW_PROCESSES_MAX,
    VIEW_LOAD_INTERRUPTS,
    VIEW_LOAD_SLEEP,
    VIEW_LOAD_LANES,
};

struct view_load_slot {
    uint64_t cycles[VIEW_LOAD_LANES];
    uint32_t calls[VIEW_PROCESSES_MAX];
};

struct view_load {
    uint32_t slot_cycles;
    uint64_t first_cycle; /* counted from here on */
    uint64_t now_cycle;   /* until here */
    unsigned lane;        /* that is busy since */
    struct view_load_slot slots[VIEW_LOAD_SLOTS];
};

/* Starts anew at `cycle`, with this lane. */
void view_load_start(struct view_load *load, uint32_t cpu_hz, uint64_t cycle, unsigned lane);

/* From `cycle` on this lane has the CPU. Time that goes back starts anew. */
void view_load_switch(struct view_load *load, uint64_t cycle, unsigned lane);

/* A process made a system call at the cycle it was last switched at, or later. */
void view_load_call(struct view_load *load, int process);

/* Shares since one second ago (to the slot; since the start when that is later), in 1/1000; they
 * add up to 1,000, or are all 0 when no time has passed. */
void view_load_shares(const struct view_load *load, uint16_t permille[VIEW_LOAD_LANES]);

/* System calls of each process per second, over the same time; returns those of all. */
uint32_t view_load_calls(const struct view_load *load, uint32_t per_second[VIEW_PROCESSES_MAX]);

#endif
