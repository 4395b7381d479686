/* sim/view/view_timers.h - everything that counts: TIMER, RTC, SysTick, watchdog, and the alarms of
 * the apps, with what they will do and when. */
#ifndef SIM_VIEW_VIEW_TIMERS_H
#define SIM_VIEW_VIEW_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEW_TIMERS_MAX 64

struct view_timer {
    char owner[32];         /* "rtc1", "SysTick", "app blink" */
    char what[40];          /* "COMPARE[0]", "alarm" */
    char effect[64];        /* "interrupt, clear", "resets the chip", "upcall to blink" */
    uint64_t begun_cycles;  /* when this wait began, for a bar; due_cycles: not known */
    uint64_t due_cycles;    /* UINT64_MAX: it runs, and nothing is set */
    uint64_t period_cycles; /* 0: once */
    uint64_t count;         /* the counter's value now */
};

struct view_timers {
    struct view_timer timers[VIEW_TIMERS_MAX]; /* soonest first */
    size_t count;
    size_t left_out; /* more than fit */
};

#endif
