/*
 * scheduler.h - which process runs next, and for how long: the board chooses one of these.
 *
 *   scheduler_round_robin  one after the other, each for a slice (kernel_config.slice_us). What is
 *                          left of a slice when interrupts come is used up after them.
 *   scheduler_cooperative  one after the other, each until it waits. Interrupts are served in
 *                          between; then the same process goes on.
 *   scheduler_priority     the one with the lowest index of those that can run, without slices. One
 *                          that becomes able to run takes the processor from those with a higher
 *                          index, which may get nothing as long as it does not wait.
 */
#ifndef KERNEL_CORE_SCHEDULER_H
#define KERNEL_CORE_SCHEDULER_H

#include <stdbool.h>

struct process;

struct scheduler {
    /* Who runs now; NULL: no process can. Called whenever a process has stopped for more than a
     * system call, and before each slice. */
    struct process *(*choose)(void);
    bool slices;   /* a process loses its turn when its slice is over; else only work in pieces goes
                      on then (deferred_call_request_later) */
    bool preempts; /* `choose` is asked as soon as a process becomes able to run */
};

extern const struct scheduler scheduler_round_robin, scheduler_cooperative, scheduler_priority;

#endif
