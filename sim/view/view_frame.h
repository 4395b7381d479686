/* sim/view/view_frame.h - one picture of a machine: all that the window shows, as plain values. The
 * machine's thread fills it between runs (view_builder.h), another one may then read it. Pointers
 * in it are to what does not change while the machine lives.
 *
 * Large: allocate it. */
#ifndef SIM_VIEW_VIEW_FRAME_H
#define SIM_VIEW_VIEW_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/view/view_console.h"
#include "sim/view/view_parts.h"
#include "sim/view/view_processes.h"
#include "sim/view/view_timeline.h"
#include "sim/view/view_timers.h"

enum view_run {
    VIEW_RUN_GOING,
    VIEW_RUN_PAUSED,
    VIEW_RUN_OFF,      /* System OFF, or no supply */
    VIEW_RUN_LOCKUP,   /* the core is locked up */
    VIEW_RUN_PANIC,    /* the kernel says so */
    VIEW_RUN_FINISHED, /* the run is over; `message` says why */
};

/* Of the run as a whole. What the machine cannot know (speed, pausing) the runner fills in. */
struct view_clock {
    uint64_t now_cycles;
    uint32_t cpu_hz;
    bool asleep;
    enum view_run run;
    uint32_t speed_wanted_permille; /* 1000: real time; 0: as fast as can be */
    uint32_t speed_permille;        /* measured over the last second or so */
    bool behind;                    /* the host is too slow for the speed wanted */
    uint64_t next_event_cycles;     /* UINT64_MAX: none */
    const char *next_event_owner;   /* "rtc1", "SysTick", "input"; "" or NULL: none */
    uint64_t instructions, interrupts, resets;
    char message[256]; /* "" or what just happened, for the status line or as a caption */
};

struct view_frame {
    uint64_t sequence; /* 1, 2, ... */
    struct view_clock clock;
    struct view_parts parts;
    struct view_timers timers;
    struct view_processes processes;
    struct view_timeline timeline;
    struct view_console console;
};

#endif
