/* sim/faults/inject_watch.h - what a run does that can be told apart from another one: what each
 * device shows and sends, and for each process its system calls with its memory and registers at
 * each. First a reference is recorded, then other runs are compared with it, whatever their timing:
 * each device and each process on its own, in its order, cycles left out.
 */
#ifndef SIM_FAULTS_INJECT_WATCH_H
#define SIM_FAULTS_INJECT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"
#include "sim/machine/machine.h"

#define INJECT_TEXT_BYTES 96

struct inject_watch; /* opaque */

/* What has been seen since inject_watch_begin. */
struct inject_seen {
    uint64_t app_faults, resets;
    int faulty;                 /* process of the first fault */
    struct machine_fault fault; /* that fault; its verdict is NULL */
    bool panicked;              /* a kernel said so on a serial line */
    bool told;                  /* and the line is complete: what follows on it is `reason` */
    char reason[INJECT_TEXT_BYTES];
    size_t reason_count;
    bool differs; /* a device or a process did something else than the reference */
    char difference[INJECT_TEXT_BYTES]; /* what was first, in words */
};

/* Observes the machine, which must outlive it. */
struct inject_watch *inject_watch_create(struct machine *machine, struct sim_error *error);
void inject_watch_destroy(struct inject_watch *watch);

/* From now on what happens is recorded (`recording`), or compared with what was. */
void inject_watch_begin(struct inject_watch *watch, bool recording);
/* Where in the reference the run is, between runs: for snapshots of the machine. free() what
 * inject_watch_save gives; NULL: no memory. */
void *inject_watch_save(const struct inject_watch *watch);
void inject_watch_restore(struct inject_watch *watch, const void *saved);
/* False: no memory was left for the reference. */
bool inject_watch_is_whole(const struct inject_watch *watch);
/* All that has been recorded so far has to come in other runs; what is recorded from now on may. */
void inject_watch_mark(struct inject_watch *watch);

/* Calls of a process since inject_watch_begin. */
uint64_t inject_watch_calls(const struct inject_watch *watch, int process);

const struct inject_seen *inject_watch_seen(const struct inject_watch *watch);
/* Whether all that has to come has come. A process that did something else is not waited for. */
bool inject_watch_is_complete(const struct inject_watch *watch);
/* A process that has done nothing else than the reference, but less than it has to; -1: none. */
int inject_watch_laggard(const struct inject_watch *watch);

/* Asks for a stop (MACHINE_STOP_REQUESTED) at the next exception entry. */
void inject_watch_stop_at_entry(struct inject_watch *watch, bool stop);

#endif
