/* sim/faults/fuzz_stage.h - a machine with a kernel, three fuzz apps and a witness, on which cases
 * are played one after the other, each from the same moment: when all have started.
 *
 * After each case: has anything been done that may not be (ownership.h), does the kernel still run,
 * was the witness's alarm on time, and what did the case reach that none before it had.
 */
#ifndef SIM_FAULTS_FUZZ_STAGE_H
#define SIM_FAULTS_FUZZ_STAGE_H

#include "sim/faults/fuzz_case.h"
#include "sim/faults/ownership.h"
#include "sim/machine/machine.h"

struct fuzz_stage; /* opaque */

#define FUZZ_APP_NAMES                                                                             \
    {                                                                                              \
        "fuzz_a", "fuzz_b", "fuzz_c"                                                               \
    }
#define FUZZ_WITNESS_NAME "fuzz_witness"

/* What a case came to. */
enum fuzz_verdict {
    FUZZ_NOTHING,
    FUZZ_BREACH,  /* ownership.h says which */
    FUZZ_PANIC,   /* the kernel said so on a serial line */
    FUZZ_LATE,    /* the witness's alarm came too late */
    FUZZ_TOUCHED, /* the witness remembers something else */
    FUZZ_SILENT,  /* the witness was not heard again */
    FUZZ_STOPPED, /* lockup, System OFF, nothing left that could happen */
    FUZZ_RESET,   /* the chip was reset */
    FUZZ_ENGINE,  /* the simulator's own trouble */
};

struct fuzz_outcome {
    enum fuzz_verdict verdict;
    struct ownership_breach breach; /* of FUZZ_BREACH: the first */
    uint64_t calls;                 /* of all processes */
    uint32_t new_code;              /* halfwords of the kernel's code that ran first in this case */
    uint32_t new_answers;           /* (call, driver, number, answer) that came first in it */
    char text[256];                 /* one line, of a verdict that is a finding */
};

/* Runs the machine, which stands at its reset, until all apps have started. Both must outlive the
 * stage. NULL with a message: an app does not start. */
struct fuzz_stage *fuzz_stage_open(struct machine *machine, struct ownership *ownership,
                                   struct sim_error *error);
void fuzz_stage_close(struct fuzz_stage *stage);

/* Plays one case. SIM_INTERNAL: the machine cannot be set back. */
bool fuzz_stage_play(struct fuzz_stage *stage, const struct fuzz_case *played,
                     struct fuzz_outcome *outcome, struct sim_error *error);

/* Asks each driver whether it exists. */
bool fuzz_stage_find_drivers(struct fuzz_stage *stage, struct fuzz_ground *ground,
                             struct sim_error *error);

/* Halfwords of the kernel's code that have run, since its start. */
uint32_t fuzz_stage_covered(const struct fuzz_stage *stage);
/* Whether the halfword at this address has. */
bool fuzz_stage_has_run(const struct fuzz_stage *stage, uint32_t address);

#endif
