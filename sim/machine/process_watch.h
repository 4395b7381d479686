/* sim/machine/process_watch.h - processes as seen from outside: from what the loader placed, and
 * from the exceptions that enter and leave unprivileged thread mode. It never asks the kernel.
 *
 * Reference: the ABI of Tock 2.x. A fresh process starts at its TBF's entry point with r0 =
 * app_start, r1 = start of its RAM, r2 = length of its RAM. Its break is what memop 0 and 1 say.
 */
#ifndef SIM_MACHINE_PROCESS_WATCH_H
#define SIM_MACHINE_PROCESS_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"
#include "sim/cpu/cpu_regs.h"
#include "sim/loader/tbf.h"

#define PROCESS_WATCH_MAX     16
#define PROCESS_WATCH_CLASSES 8
#define PROCESS_WATCH_OFFERS  24
#define PROCESS_NONE          (-1)

/* A buffer of its RAM that a process last named in an allow call for this driver and number. */
struct watched_offer {
    uint32_t call_class, driver, number; /* together the offer's name */
    uint32_t address, bytes;             /* 0 bytes: nothing, or no offer here */
};

struct watched_process {
    const char *path; /* of the TBF; for symbols */
    char name[TBF_NAME_BYTES];
    uint32_t flash_base, flash_bytes; /* of the TBF */
    uint32_t app_start;               /* what crt0 gets */
    uint32_t entry;
    uint32_t ram_base, ram_bytes; /* 0 bytes: never entered */
    uint32_t break_address;       /* as last observed */
    struct watched_offer offers[PROCESS_WATCH_OFFERS];
    bool offers_lost;     /* it had more at a time than are kept here: nobody knows them all */
    struct mpu_state mpu; /* when it was last entered */
    uint32_t open_bytes;  /* from the start of its RAM, opened to it by `mpu` */
    uint32_t starts;
    uint64_t entries; /* returns into it, from any exception */
    uint64_t calls[PROCESS_WATCH_CLASSES];
    uint64_t bad_calls; /* classes that do not exist */
    uint64_t faults;
    uint64_t refusals; /* faults that the MPU decided */
    uint64_t cycles;   /* spent in it */
};

/* A system call as it was made. */
struct watched_call {
    uint32_t call_class;
    uint32_t argument[4];
    uint32_t pc; /* after the SVC */
};

struct process_watch {
    struct watched_process process[PROCESS_WATCH_MAX];
    size_t count;
    int current; /* the process that runs, or PROCESS_NONE */
    int last;    /* that ran last */
    uint64_t entered_cycle;
    uint64_t context_switches; /* entries into another process than the last one */
    uint64_t calls;            /* of all processes */
    struct watched_call call[PROCESS_WATCH_MAX]; /* each process's last */
    bool call_open[PROCESS_WATCH_MAX];
};

void process_watch_init(struct process_watch *watch);

/* False when the table is full. Padding apps are not processes. */
bool process_watch_add(struct process_watch *watch, const struct tbf_app *app);

/* Forgets what ran (a chip reset); counters stay. */
void process_watch_reset(struct process_watch *watch);

/* An exception return ended in `regs`. Returns the process entered, or PROCESS_NONE; *fresh tells
 * that it starts from its entry point. `mpu`: the registers in force. */
int process_watch_resumed(struct process_watch *watch, const struct cpu_regs *regs,
                          const struct mpu_state *mpu, uint64_t cycle, bool *fresh);

/* An exception was entered. Returns the process that was left, or PROCESS_NONE. */
int process_watch_entered(struct process_watch *watch, uint64_t cycle);

/* The process that was left made this call. */
void process_watch_called(struct process_watch *watch, int process,
                          const struct watched_call *call);

/* Who owns a byte, from what was observed. */
enum owner_kind {
    OWNER_NOBODY,     /* RAM or flash that nobody was seen to use */
    OWNER_KERNEL_RAM, /* RAM outside of every process's block */
    OWNER_KERNEL_FLASH,
    OWNER_PROCESS_FLASH,
    OWNER_PROCESS_OPEN,   /* its RAM, within what its MPU regions opened: stack, data, heap */
    OWNER_PROCESS_CLOSED, /* its RAM, closed to it: its grants, the kernel's record of it, unused */
    OWNER_DEVICE,
    OWNER_SYSTEM, /* the private peripheral bus */
};
struct owner {
    enum owner_kind kind;
    int process; /* for OWNER_PROCESS_x */
};

/* Whether [ram_base, +ram_bytes) of a process or its TBF holds the byte. */
struct owner process_watch_owner(const struct process_watch *watch, uint32_t address);

/* Whether a process has shared the byte, which is open to it, with another one (IPC). With whom is
 * not asked: the kernel's numbers of processes are not known here. */
bool process_watch_is_shared(const struct process_watch *watch, uint32_t address);

/* The process to which some byte of [address, +size) is open (stack, data, heap) that it has not
 * offered to the kernel by an allow call: nobody but the process has business there. PROCESS_NONE
 * when there is none. */
int process_watch_intimate(const struct process_watch *watch, uint32_t address,
                           uint32_t size_bytes);

#endif
