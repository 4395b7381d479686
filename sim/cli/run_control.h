/* sim/cli/run_control.h - drives a run for the one in front of its window: pace, pause, steps, and
 * inputs, which get the time at which they are taken; hands the window its frames. All on the
 * thread that runs the machine. */
#ifndef SIM_CLI_RUN_CONTROL_H
#define SIM_CLI_RUN_CONTROL_H

#include "sim/cli/run_pace.h"
#include "sim/cli/run_session.h"
#include "sim/ui/window_link.h"
#include "sim/view/view_builder.h"

#define RUN_CONTROL_TYPED_MAX 16384U

enum run_control_mode {
    RUN_CONTROL_GOING,
    RUN_CONTROL_PAUSED,
    RUN_CONTROL_STEP,  /* until an instruction is done, then paused */
    RUN_CONTROL_EVENT, /* until an event has happened, then paused */
    RUN_CONTROL_OVER,  /* the run has ended */
};

struct run_control {
    struct run_driver driver; /* for the session; its context is the control */
    struct run_session *session;
    struct window_link *link; /* borrowed */
    struct view_builder *builder;
    struct run_pace pace;
    enum run_control_mode mode;
    uint64_t pause_cycle;              /* when going: to here; CLOCK_NEVER: on and on */
    bool changed;                      /* since the frame that was given last */
    uint64_t frame_ns;                 /* host time of that frame */
    char said[120];                    /* what was just answered; "": nothing */
    const char *caption;               /* the newest when that was said */
    char typed[RUN_CONTROL_TYPED_MAX]; /* that waits for the console, which takes so much at a time
                                        */
    size_t typed_count;
    uint64_t typed_until_cycle;              /* it is busy with what it was given */
    uint64_t input_cycle[BOARD_DEVICES_MAX]; /* of each device's last input */
};

/* Begins to watch the machine; then session->driver = &control->driver. False with a message. */
bool run_control_start(struct run_control *control, struct run_session *session,
                       struct window_link *link, struct sim_error *error);

/* The run is over: sees to it that the window gets the end, unless it is closed. */
void run_control_finish(struct run_control *control);

void run_control_close(struct run_control *control);

#endif
