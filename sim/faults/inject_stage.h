/* sim/faults/inject_stage.h - one system call of an app as a target: the instructions that the
 * kernel runs for it, and what comes of each if it is disturbed.
 *
 * The machine runs to the call; the instructions from its SVC until the app goes on are recorded
 * (the kernel's, and those of interrupts that come between; not those of other apps that get their
 * turn). Each is then a point to which the machine is put back, as often as one likes. What follows
 * is compared with the undisturbed run (inject_watch.h) while the map of owners watches
 * (ownership.h). All of it follows from machine and target: the same every time.
 */
#ifndef SIM_FAULTS_INJECT_STAGE_H
#define SIM_FAULTS_INJECT_STAGE_H

#include "sim/faults/fault_model.h"
#include "sim/faults/inject_watch.h"
#include "sim/faults/ownership.h"

/* What came of it: the worst that was seen, from the end of this list. */
enum inject_verdict {
    INJECT_NO_EFFECT,
    INJECT_CHANGED,   /* a device shows, or an app does, something else */
    INJECT_HANG,      /* the core is locked up, or an app does not go on */
    INJECT_APP_FAULT, /* an app took a fault that it does not take otherwise */
    INJECT_PANIC,     /* the kernel gave up, or the chip was reset */
    INJECT_BREACH,    /* somebody reached what is not his */
    INJECT_VERDICTS,
};

/* "no effect", "changed output", "hang", "app fault", "kernel panic", "isolation breach". */
const char *inject_verdict_name(enum inject_verdict verdict);

#define INJECT_ANY UINT32_MAX

struct inject_target {
    int process; /* index in process_watch */
    uint32_t call_class;
    uint32_t driver, number; /* r0 and r1 of the call, or INJECT_ANY */
    uint64_t count;          /* the how many-th such call, from 1 */
    uint64_t within_cycles;  /* in which it must have been made, from the reset on */
    /* How long the machine is watched after the call. 0: until the app has made some more calls, a
     * second at most. What has not happened by then has as long again to come. */
    uint64_t window_cycles;
};

/* A recorded instruction. */
struct inject_point {
    uint32_t pc;
    uint8_t code[4];
    uint8_t size_bytes; /* 2 or 4 */
};

struct inject_outcome {
    enum inject_verdict verdict;
    uint32_t pc;    /* that the text is about; 0: none */
    char text[200]; /* a word of detail, without a full stop; empty for no effect */
};

#define INJECT_POINTS_MAX 65536

struct inject_stage; /* opaque */

/* The machine is loaded and reset, has not run yet, and is watched by `ownership`; both must
 * outlive the stage. NULL with a message: SIM_WRONG_USE when there is no such call in time. */
struct inject_stage *inject_stage_open(struct machine *machine, struct ownership *ownership,
                                       const struct inject_target *target, struct sim_error *error);
void inject_stage_close(struct inject_stage *stage);

size_t inject_stage_count(const struct inject_stage *stage);
const struct inject_point *inject_stage_point(const struct inject_stage *stage, size_t index);
/* The app did not go on while it was watched, or there were more than INJECT_POINTS_MAX: the path
 * is cut there. */
bool inject_stage_is_cut(const struct inject_stage *stage);
/* The call, as it is made. */
const struct machine_syscall *inject_stage_call(const struct inject_stage *stage);
uint64_t inject_stage_window(const struct inject_stage *stage); /* cycles */
/* When the call is made. */
uint64_t inject_stage_cycle(const struct inject_stage *stage);

/* Puts the machine before the instruction with this index, disturbs it, and judges. `action`'s
 * point is not looked at. In rising order of indices it is fast. SIM_INTERNAL: the machine cannot
 * be put back. */
bool inject_stage_play(struct inject_stage *stage, size_t index, const struct fault_action *action,
                       struct inject_outcome *outcome, struct sim_error *error);

#endif
