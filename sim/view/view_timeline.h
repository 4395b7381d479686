/* sim/view/view_timeline.h - what happened since the frame before, as intervals and marks on lanes.
 * The reader keeps its own history; a frame has only what is new. */
#ifndef SIM_VIEW_VIEW_TIMELINE_H
#define SIM_VIEW_VIEW_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#define VIEW_EVENTS_MAX 16384

/* Lanes: kernel, sleep, then processes by index, exceptions by number, pins by number. */
enum view_lane_kind {
    VIEW_LANE_KERNEL,
    VIEW_LANE_SLEEP,
    VIEW_LANE_PROCESS,
    VIEW_LANE_EXCEPTION,
    VIEW_LANE_PIN,
};

enum view_event_kind {
    VIEW_EVENT_BEGIN, /* from here on the lane is busy, */
    VIEW_EVENT_END,   /* until here */
    VIEW_EVENT_CALL,  /* a system call: value[0] class, value[1..3] r0-r2 */
    VIEW_EVENT_UPCALL,
    VIEW_EVENT_FAULT, /* value[0] address */
    VIEW_EVENT_START, /* a process begins */
    VIEW_EVENT_RESET,
};

struct view_event {
    uint64_t cycle;
    uint32_t value[4];
    uint16_t index; /* of the lane's kind */
    uint8_t lane;   /* enum view_lane_kind */
    uint8_t kind;   /* enum view_event_kind */
};

struct view_timeline {
    struct view_event events[VIEW_EVENTS_MAX]; /* in order of time */
    size_t count;
    uint64_t lost; /* that did not fit since the frame before: the oldest */
};

#endif
