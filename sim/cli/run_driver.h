/* sim/cli/run_driver.h - who decides when and how far a machine runs: nobody (as fast as it can),
 * the pace of real time, or the one in front of the window. Asked between slices by the loop of the
 * run, on its thread. */
#ifndef SIM_CLI_RUN_DRIVER_H
#define SIM_CLI_RUN_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/machine.h"

enum run_slice_kind {
    RUN_SLICE_RUN,
    RUN_SLICE_EVENT, /* until an event has happened */
    RUN_SLICE_STEP,  /* one instruction */
    RUN_SLICE_NONE,  /* nothing is run, the rest of the loop is done */
};

struct run_slice {
    enum run_slice_kind kind;
    uint64_t until; /* cycle, at the latest */
};

struct run_driver {
    /* `slice` is a run to where the loop wants to look next; the driver may shorten and change it,
     * and waits here for as long as it is too early. False: the run is to end. */
    bool (*before)(void *context, struct run_slice *slice);
    /* The slice is done; not called when the run ended with it. May be NULL. */
    void (*after)(void *context, enum machine_stop stop);
    void *context;
    bool attended; /* somebody sits there: a guest that sleeps for good does not end the run */
};

#endif
