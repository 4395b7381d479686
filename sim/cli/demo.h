/* sim/cli/demo.h - the tour that `sandglass run` shows without files: which apps, which inputs, and
 * what one sees when. */
#ifndef SIM_CLI_DEMO_H
#define SIM_CLI_DEMO_H

#include "sim/cli/demo_tours.h"
#include "sim/cli/live_lines.h"
#include "sim/machine/board.h"

struct demo {
    const struct demo_tour *tour; /* NULL: no demo */
    const struct board *board;    /* borrowed */
    size_t next_caption;          /* the first that has not been shown */
    bool ends;                    /* the run ends with the tour: the user has not said when */
};

/* Chooses the tour for a board with this kernel. */
void demo_start(struct demo *demo, const struct board *board, const char *kernel);

/* Sets what the user left open: inputs, the tour's length, the isolation check. */
void demo_set_options(struct demo *demo, struct run_options *options);

/* The path of the tour's app `index`, relative to the program's places; NULL: there are not so
 * many. Those that the board lacks a device for are left out. */
const char *demo_app_path(const struct demo *demo, size_t index);

/* The time of the next caption in nanoseconds, or UINT64_MAX. */
uint64_t demo_next_caption(const struct demo *demo);

/* Shows what is due at the machine's time. */
void demo_show_captions(struct demo *demo, struct live_lines *lines, uint64_t now_ns);

/* The caption that was shown last; "" before the first, and without a demo. */
const char *demo_caption(const struct demo *demo);
/* The tour's time is up; false without a demo. */
bool demo_is_over(const struct demo *demo, uint64_t now_ns);

#endif
