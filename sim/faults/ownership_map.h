/* sim/faults/ownership_map.h - who owns each byte, from what the loader placed and from the system
 * calls that were observed. Neither the kernel's memory nor the MPU is ever asked.
 *
 * A process's RAM block is what its first registers say: [start, end). Of it, the app's part ends
 * at its break, which is what it asked for, to the byte; all above is the kernel's (grants, its
 * record of the process), save what the MPU cannot cut off: see ownership.h. A buffer of an allow
 * call is lent to the kernel until it is swapped, or the life of the process ends; a read-write
 * buffer that is lent to the IPC driver is shared with the peer of that number, once its owner has
 * notified anybody (a notification that waits takes along what is shared when it arrives).
 *
 * A life ends with an exit call, a fault, or a call that faults. Ends that only the kernel knows of
 * (the process console stops somebody) are learnt at the next start: until then the map allows what
 * it allowed before.
 *
 * Reference: the ABI of Tock 2.x, kernel/abi/syscall.h. Plain values: copied by assignment.
 */
#ifndef SIM_FAULTS_OWNERSHIP_MAP_H
#define SIM_FAULTS_OWNERSHIP_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/process_watch.h"

#define OWNERSHIP_PROCESSES     PROCESS_WATCH_MAX
#define OWNERSHIP_BUFFERS       96                      /* of one process at a time */
#define OWNERSHIP_SHARES        (OWNERSHIP_BUFFERS + 1) /* with that of a call without its answer */
#define OWNERSHIP_SUBSCRIPTIONS 96
#define OWNERSHIP_NOBODY        (-1)

struct ownership_range {
    uint32_t start, end; /* [start, end); start == end: nothing */
};

/* A buffer that is lent. */
struct ownership_buffer {
    uint32_t call_class, driver, number;
    struct ownership_range range; /* empty: the place is free */
};

struct ownership_subscription {
    bool used;
    uint32_t driver, number, function, userdata;
};

/* A call whose answer has not been seen. */
struct ownership_call {
    bool open;
    uint32_t call_class, argument[4];
    uint32_t after;     /* the address after the SVC */
    bool was_uncertain; /* lives_uncertain before it */
};

struct ownership_process {
    struct ownership_range flash; /* the TBF */
    uint32_t app_start, entry;    /* r0 and pc at its start */
    struct ownership_range ram;   /* empty: it never ran */
    uint32_t asked_break;         /* end of the app's part */
    uint32_t high_water;          /* the end of the highest buffer lent in this life */
    uint32_t told_grants;         /* start of the grants as memop said last; 0: never */
    bool alive;                   /* as far as is known */
    uint32_t lives;               /* starts */
    struct ownership_call call;
    struct ownership_buffer buffer[OWNERSHIP_BUFFERS];
    bool notified;     /* it has notified a peer: from then on peers may reach what it shares */
    bool buffers_lost; /* more than are kept: nobody knows them all, so any byte may be lent */
    struct ownership_subscription subscription[OWNERSHIP_SUBSCRIPTIONS];
    bool subscriptions_lost;
};

struct ownership_map {
    struct ownership_range flash, ram; /* of the chip */
    uint32_t apps_start;               /* the kernel's flash ends here */
    size_t count;
    struct ownership_process process[OWNERSHIP_PROCESSES];
    /* An observed call may have ended or begun lives, or moved blocks, of anybody. */
    bool lives_uncertain;
};

/* What an answer or an event shows to be wrong. */
enum ownership_mistake {
    OWNERSHIP_FINE,
    OWNERSHIP_BAD_ANSWER,   /* a shape or an error that the ABI does not have */
    OWNERSHIP_BAD_SWAP,     /* an allow or subscribe gave back what was not there */
    OWNERSHIP_BAD_BREAK,    /* start <= high water <= break <= grants <= end does not hold */
    OWNERSHIP_BAD_BOUND,    /* memop gives other bounds than the process has */
    OWNERSHIP_BAD_ACCEPTED, /* an allow of memory that is not the caller's was accepted */
    OWNERSHIP_OVERLAP,      /* a process's block lies over another's */
    OWNERSHIP_DEAD_RUNS,    /* a process goes on after its end */
    OWNERSHIP_BAD_UPCALL,   /* an upcall that nobody subscribed to */
};

/* `watch` has been told of all apps. */
void ownership_map_init(struct ownership_map *map, const struct process_watch *watch,
                        struct ownership_range flash, uint32_t apps_start,
                        struct ownership_range ram);

/* A process that starts with these registers: at its entry, its r0 the app's start. */
bool ownership_map_is_start(const struct ownership_map *map, int process,
                            const struct cpu_regs *regs);
/* The life begins: the block is as the registers say. */
enum ownership_mistake ownership_map_started(struct ownership_map *map, int process,
                                             const struct cpu_regs *regs);
/* The process made a call. */
void ownership_map_called(struct ownership_map *map, int process, uint32_t call_class,
                          const uint32_t argument[4], uint32_t after);
/* The process that had made a call goes on with these registers: with its answer, or in an upcall.
 */
enum ownership_mistake ownership_map_answered(struct ownership_map *map, int process,
                                              const struct cpu_regs *regs);
/* Nothing that was lent is lent any more; the process does not run until it starts again. */
void ownership_map_ended(struct ownership_map *map, int process);
/* From now on lives may have ended or begun unseen (an operator at the process console). */
void ownership_map_doubt(struct ownership_map *map);
/* The chip is reset: nobody has RAM. */
void ownership_map_reset(struct ownership_map *map);

/* May trusted code change this byte of the process's memory, of all that has been observed? (Its
 * exception frame not considered.) Returns the end of what it may change from there on, or
 * `address` when it may not. */
uint32_t ownership_map_lent_until(const struct ownership_map *map, int process, uint32_t address);

/* The part of a buffer of `owner` that peers may reach now, `index` below OWNERSHIP_SHARES: at that
 * place of the owner's buffers; the last is what it has asked to share by a call whose answer has
 * not been seen, as another may run before. Empty: none. Which number of IPC is which process is
 * not known from outside, so any peer will do. */
struct ownership_range ownership_map_shared(const struct ownership_map *map, int owner,
                                            size_t index);

#endif
