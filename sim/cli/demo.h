/* sim/cli/demo.h - the tour that `sandglass run` shows without files: which apps, which inputs, and
 * what one sees when. */
#ifndef SIM_CLI_DEMO_H
#define SIM_CLI_DEMO_H

#include "sim/cli/live_lines.h"
#include "sim/cli/run_options.h"

/* Sets what the user left open: inputs, the tour's length, the isolation check. */
void demo_set_options(struct run_options *options);

/* The apps of the demo, as paths relative to the program's places. */
extern const char *const demo_apps[];
extern const size_t demo_app_count;

struct demo_captions {
    size_t next; /* the first that has not been shown */
};

/* The time of the next caption in nanoseconds, or UINT64_MAX. */
uint64_t demo_next_caption(const struct demo_captions *captions);

/* Shows what is due at the machine's time. */
void demo_show_captions(struct demo_captions *captions, struct live_lines *lines, uint64_t now_ns);

#endif
