/* sim/view/view_timeline.h - what happened since the frame before, in order of time. The reader
 * keeps its own history (view_history.h); a frame has only what is new. */
#ifndef SIM_VIEW_VIEW_TIMELINE_H
#define SIM_VIEW_VIEW_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/view/view_names.h"

#define VIEW_EVENTS_MAX 65536

/* The core is at any time in exactly one of the first three: the kernel (or any firmware without
 * processes), asleep (or off), or one process. Exceptions and pins go on beside that. */
enum view_lane_kind {
    VIEW_LANE_KERNEL,
    VIEW_LANE_SLEEP,
    VIEW_LANE_PROCESS,   /* by index */
    VIEW_LANE_EXCEPTION, /* by number: 16 is interrupt 0 */
    VIEW_LANE_PIN,       /* by number: port * 32 + pin */
    VIEW_LANE_KINDS,
};

enum view_event_kind {
    /* value[0] events follow that say how things are at this cycle, and not that they change. For
     * a reader who begins, or where `lost` is not 0: then it is the first event. Elsewhere it tells
     * nothing new. */
    VIEW_EVENT_SYNC,
    VIEW_EVENT_RUN,    /* from here on the core is in this lane; value: r0-r3 of a process */
    VIEW_EVENT_BEGIN,  /* an exception is entered, a pin goes high */
    VIEW_EVENT_END,    /* an exception is left, a pin goes low */
    VIEW_EVENT_CALL,   /* a system call of class `number`; value: r0-r3 */
    VIEW_EVENT_UPCALL, /* a process goes on in a function at address `number`; value: r0-r3 */
    /* value: address, whether that is known, enum machine_access, pc; `number`: 1 when the MPU
     * decided it. Of the kernel or a process. */
    VIEW_EVENT_FAULT,
    VIEW_EVENT_START, /* a process begins */
    VIEW_EVENT_RESET, /* of the chip: no exception is active any more; value[0]: reasons */
};

struct view_event {
    uint64_t cycle;
    uint32_t value[4];
    uint32_t number;
    uint16_t index; /* of the lane's kind */
    uint8_t lane;   /* enum view_lane_kind */
    uint8_t kind;   /* enum view_event_kind */
};

struct view_timeline {
    struct view_event events[VIEW_EVENTS_MAX];
    size_t count;
    uint64_t lost;                  /* that did not fit since the frame before: the oldest */
    const struct view_names *names; /* lives as long as the builder */
};

#endif
