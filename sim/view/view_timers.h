/* sim/view/view_timers.h - everything that counts: TIMER, RTC, SysTick, watchdog, and the alarms of
 * the apps, with what they will do and when. */
#ifndef SIM_VIEW_VIEW_TIMERS_H
#define SIM_VIEW_VIEW_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEW_TIMERS_MAX 64

enum view_timer_kind {
    VIEW_TIMER_ALARM,  /* of a process */
    VIEW_TIMER_DEVICE, /* something will happen by itself */
    VIEW_TIMER_RUNS,   /* it counts, and nothing is set */
};

struct view_timer {
    enum view_timer_kind kind;
    int process;            /* of an alarm: index in view_processes */
    char owner[32];         /* "rtc1", "SysTick", "blink" */
    char what[24];          /* "COMPARE[0]", "alarm" */
    char effect[80];        /* "interrupt, clear, PPI: timer0 CLEAR", "resets the chip", "upcall" */
    uint64_t begun_cycles;  /* when this wait began, for a bar; due_cycles: not known */
    uint64_t due_cycles;    /* UINT64_MAX: never, as things are */
    uint64_t period_cycles; /* 0: once */
    uint64_t count;         /* the counter's value now */
};

struct view_timers {
    struct view_timer timers[VIEW_TIMERS_MAX]; /* soonest first; those that only run last */
    size_t count;
    size_t left_out; /* more than fit */
};

#endif
