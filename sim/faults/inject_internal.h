/* sim/faults/inject_internal.h - private to inject_stage.c, which plays, and inject_judge.c, which
 * judges. */
#ifndef SIM_FAULTS_INJECT_INTERNAL_H
#define SIM_FAULTS_INJECT_INTERNAL_H

#include "sim/faults/inject_stage.h"
#include "sim/machine/machine_snapshot.h"

/* The machine, all that watches it, and how far along the path it is. */
struct place {
    struct machine_snapshot machine;
    void *owners, *watch; /* owned */
    size_t index;         /* of the next recorded instruction */
};

struct inject_stage {
    struct machine *machine;
    struct ownership *ownership;
    struct inject_target target;
    struct inject_watch *watch;
    struct fault_plan *plan;
    void *no_plan; /* the plan with nothing in it; owned */
    struct place base, front;
    bool searching, found;
    uint64_t matched; /* calls that were meant, so far */
    struct machine_syscall call;
    uint64_t begun;              /* cycle of the call */
    uint64_t window;             /* cycles */
    struct inject_point *points; /* owned */
    size_t count, capacity;
    bool cut;
    struct inject_seen reference; /* what the undisturbed run did */
    size_t reference_breaches;    /* that are kept */
    uint64_t reference_instructions;
};

/* Whether a machine that stopped for this reason only has no time left. */
bool inject_is_end_of_time(enum machine_stop stop);
/* "the core locks up" */
const char *inject_stop_words(enum machine_stop stop);

/* False: the undisturbed run breaks isolation. */
bool inject_keeps_isolation(const struct inject_stage *stage, struct sim_error *error);
/* The first new breach of isolation (`worse`), or of another word that the kernel does not keep;
 * NULL: none. */
const struct ownership_breach *inject_find_breach(const struct inject_stage *stage, bool worse);
/* The run has ended for this reason; `busy`: because it did too much. */
void inject_judge_run(const struct inject_stage *stage, enum machine_stop stop, bool busy,
                      struct inject_outcome *outcome);

#endif
