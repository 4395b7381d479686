/* sim/cli/run_picture.h - `--screenshot`: watches a run from its beginning, a frame for every 60th
 * of a virtual second, and writes its end as a picture. Host time is not in it: the same run gives
 * the same picture. */
#ifndef SIM_CLI_RUN_PICTURE_H
#define SIM_CLI_RUN_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

struct run_session;

struct run_picture {
    struct ui_picture *picture; /* NULL: none is wanted */
    struct view_builder *builder;
    struct view_frame *frame;
    uint64_t frames; /* 60ths of a second at the frame that was taken last */
};

/* Does nothing without --screenshot. A wrong option or a file that cannot be written is
 * SIM_WRONG_USE. The machine is there and has not run yet. */
bool run_picture_start(struct run_session *session, struct sim_error *error);

/* The cycle of the next frame, CLOCK_NEVER: there is none; takes it once its time has come. */
uint64_t run_picture_next(const struct run_session *session);
void run_picture_take_due(struct run_session *session);

/* The run has ended: takes the last frame and writes the file. */
bool run_picture_finish(struct run_session *session, struct sim_error *error);

void run_picture_close(struct run_picture *picture);

#endif
