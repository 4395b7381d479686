/* sim/faults/ownership.h - watches a machine and holds the kernel to what ownership_map.h says:
 * after each stay in a process, in the kernel or in a handler, who changed what of whose.
 *
 * Checked:
 * - a process that goes on may touch its memory up to its break, its flash and what a peer shares
 *   with it, and nothing else (the MPU model is asked what it may touch), but for the rest of the
 *   sub-region of the MPU that holds the byte below its break; what a higher break opens, and a
 *   fresh process's memory, is zero;
 * - while a process runs, no other process's memory changes;
 * - while the kernel runs or a device moves bytes, a process's memory changes only where it has
 *   lent a buffer, in its exception frame, at the flag of yield-no-wait, or between its break and
 *   the higher one that it asks for; that of a process that has ended does not;
 * - a process goes on with its registers as it left them, but for the answer of its call;
 * - no exception returns into a process's flash or memory with the kernel's rights;
 * - answers have a shape of the ABI's, swaps return what was there, the bounds of memory are in
 *   order, an upcall has a subscription of this life;
 * - the kernel takes no fault; flash of kernel and apps is as loaded (ownership_check_flash).
 *
 * The cost is that of comparing the processes' memories up to their breaks, at each such change.
 */
#ifndef SIM_FAULTS_OWNERSHIP_H
#define SIM_FAULTS_OWNERSHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/faults/ownership_map.h"
#include "sim/loader/sim_error.h"

struct image; /* sim/loader/image.h */
struct machine;
struct ownership; /* opaque */

enum ownership_kind {
    OWNERSHIP_FREE,         /* RAM or flash that nobody was seen to use */
    OWNERSHIP_KERNEL_FLASH, /* in front of the apps */
    OWNERSHIP_KERNEL_RAM,   /* what the kernel's image claims: stack and data */
    OWNERSHIP_APP_FLASH,    /* a TBF */
    OWNERSHIP_APP_MEMORY,   /* a process's RAM, as far as it reaches */
    OWNERSHIP_GRANT_MEMORY, /* its RAM above: the kernel's, about this process */
    OWNERSHIP_NO_MEMORY,    /* a device, or nothing */
};

struct ownership_answer {
    enum ownership_kind kind;
    int process;                           /* or OWNERSHIP_NOBODY */
    bool shared;                           /* with a peer, through IPC */
    const struct ownership_buffer *buffer; /* in which it is lent to the kernel; NULL: it is not.
                                              Good until the machine runs on */
};

enum ownership_breach_kind {
    OWNERSHIP_BREACH_APP_WROTE,    /* a process changed another one's memory */
    OWNERSHIP_BREACH_KERNEL_WROTE, /* the kernel or a device did, outside of what was lent */
    OWNERSHIP_BREACH_DEAD_WRITTEN, /* the same, of a process that has ended */
    OWNERSHIP_BREACH_FLASH,        /* code or header of kernel or app changed */
    OWNERSHIP_BREACH_OPEN,         /* a process may touch what is not its own */
    OWNERSHIP_BREACH_CLOSED,       /* a process may not touch what is its own */
    OWNERSHIP_BREACH_NOT_ZERO,     /* what a process got anew holds something */
    OWNERSHIP_BREACH_REGISTERS,    /* `address` is the register's number */
    OWNERSHIP_BREACH_DMA,          /* a device moves bytes that nobody has lent */
    OWNERSHIP_BREACH_PRIVILEGED,   /* a process's code goes on with the kernel's rights */
    OWNERSHIP_BREACH_KERNEL_FAULT, /* at `address`, if it has one */
    OWNERSHIP_BREACH_ANSWER,       /* these are enum ownership_mistake */
    OWNERSHIP_BREACH_SWAP,
    OWNERSHIP_BREACH_BREAK,
    OWNERSHIP_BREACH_BOUND,
    OWNERSHIP_BREACH_ACCEPTED,
    OWNERSHIP_BREACH_OVERLAP,
    OWNERSHIP_BREACH_DEAD_RUNS,
    OWNERSHIP_BREACH_UPCALL,
    OWNERSHIP_BREACH_KINDS,
};

struct ownership_breach {
    enum ownership_breach_kind kind;
    uint32_t address; /* of the first byte; else see the kind */
    int who;          /* whose stay or call it was; OWNERSHIP_NOBODY: the kernel's own */
    int whose;        /* process; OWNERSHIP_NOBODY: the kernel's, or nobody's */
    uint64_t cycle;   /* when it was seen */
    uint32_t pc;      /* where who or whose goes on then, or left off */
};

#define OWNERSHIP_BREACHES_EACH 4 /* so many of each kind are kept */
#define OWNERSHIP_BREACHES_MAX  (OWNERSHIP_BREACHES_EACH * OWNERSHIP_BREACH_KINDS)

/* Watches the machine from now on: all apps are added, the kernel is loaded (its flash is what
 * lies in front of the board's app area), and it has not run. `kernel` says which RAM the kernel's
 * image claims, and need not live on; NULL: none is known. The machine must outlive the object.
 * NULL with a message: no memory, or the machine has too many observers. */
struct ownership *ownership_create(struct machine *machine, const struct image *kernel,
                                   struct sim_error *error);
void ownership_destroy(struct ownership *ownership);

struct ownership_answer ownership_of(const struct ownership *ownership, uint32_t address);
const struct ownership_map *ownership_map_of(const struct ownership *ownership);

/* The breaches so far in their order, the first OWNERSHIP_BREACHES_EACH of each kind: one that
 * comes late is not lost behind many of another kind. */
const struct ownership_breach *ownership_breaches(const struct ownership *ownership, size_t *count);
uint64_t ownership_breach_total(const struct ownership *ownership);
/* "the kernel changed memory of process b at 0x20001234, which b has not lent" */
void ownership_describe(const struct ownership *ownership, const struct ownership_breach *breach,
                        char *text, size_t size);

/* Compares the flash of kernel and apps with what it was at ownership_create: a breach for each
 * that differs. */
void ownership_check_flash(struct ownership *ownership);

/* An operator is about to act: lives may end and begin that no system call tells of. */
void ownership_doubt_lives(struct ownership *ownership);

/* For snapshots of the machine: what is known at the moment of one, and back. `saved` is for
 * ownership_restore of the same object; free() it. Both between runs. */
void *ownership_save(const struct ownership *ownership);
void ownership_restore(struct ownership *ownership, const void *saved);
/* Host code changed RAM. */
void ownership_memory_changed(struct ownership *ownership);

/* How many stays were judged, and how many bytes compared. */
struct ownership_cost {
    uint64_t stays, compared_bytes, layouts;
};
struct ownership_cost ownership_cost(const struct ownership *ownership);

#endif
