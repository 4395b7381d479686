/* sim/cli/demo_tours.h - what the demo shows on each board: data for demo.c. */
#ifndef SIM_CLI_DEMO_TOURS_H
#define SIM_CLI_DEMO_TOURS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/cli/run_options.h"

/* `needs` below: a device; on a board without it the item is left out. NULL: nothing. */
struct demo_app {
    const char *path; /* relative to the program's places */
    const char *needs;
};

struct demo_caption {
    uint64_t at_ns;
    const char *text;
    const char *needs;
};

struct demo_tour {
    const char *kernel; /* of the boards it is for; NULL: of all others */
    uint64_t length_ns;
    const struct demo_app *apps;
    const struct run_input *inputs;      /* each needs its device */
    const struct demo_caption *captions; /* in the order of their times */
    size_t app_count, input_count, caption_count;
};

/* The tour for boards with this kernel ("nrf52dk"). */
const struct demo_tour *demo_tour_find(const char *kernel);

#endif
