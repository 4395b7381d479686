/* sim/view/view_processes.h - the processes and their memory, with the MPU's regions over it. What
 * the kernel tells about itself (sim/loader/kernel_info.h) is used where there is some; without it
 * what was observed from outside remains. */
#ifndef SIM_VIEW_VIEW_PROCESSES_H
#define SIM_VIEW_VIEW_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"

#define VIEW_PROCESSES_MAX 16
#define VIEW_SPANS_MAX     32
#define VIEW_HITS_MAX      16

enum view_span_kind {
    VIEW_SPAN_STACK_USED,    /* between the stack pointer and the top */
    VIEW_SPAN_STACK_DEEPEST, /* below, but was used */
    VIEW_SPAN_STACK_FREE,
    VIEW_SPAN_DATA,
    VIEW_SPAN_HEAP,
    VIEW_SPAN_GAP,        /* between break and grants: nobody's yet */
    VIEW_SPAN_GRANT,      /* `label`: the driver's name */
    VIEW_SPAN_KERNEL,     /* the kernel's record of the process */
    VIEW_SPAN_APP_HEADER, /* flash */
    VIEW_SPAN_APP_CODE,
    VIEW_SPAN_OPEN,   /* nothing more is known than that the MPU opens it */
    VIEW_SPAN_CLOSED, /* nor that */
};

/* Spans of a process lie in order of address, do not overlap and leave nothing out. */
struct view_span {
    enum view_span_kind kind;
    uint32_t address, bytes;
    char label[24]; /* "" or what is more to say: the grant's driver */
};

/* An access that was refused; kept for a while, newest first. */
struct view_hit {
    int process; /* index, -1: the kernel */
    uint64_t cycle;
    uint32_t address, pc;
    bool address_valid;
    char words[160]; /* "writes to 0x20001f00, grants of clock: MPU region 1 forbids writing" */
};

struct view_process {
    const char *name; /* lives as long as the machine */
    char state[16];   /* "Running", "Yielded", ... */
    uint32_t slot;
    uint16_t cpu_permille; /* of the last second */
    uint64_t calls, calls_of_class[8];
    uint32_t upcalls_waiting, restarts;
    uint64_t faults;
    uint32_t ram_start, ram_bytes, flash_start, flash_bytes;
    uint32_t app_break, stack_pointer, stack_deepest; /* 0: not known */
    struct view_span ram[VIEW_SPANS_MAX];
    size_t ram_count;
    struct view_span flash[4];
    size_t flash_count;
    struct mpu_state mpu; /* as set when it runs */
};

struct view_processes {
    struct view_process processes[VIEW_PROCESSES_MAX];
    size_t count;
    int running; /* index, -1: the kernel or sleep */
    bool kernel_known;
    uint16_t kernel_permille, sleep_permille;
    struct mpu_state mpu; /* in force now */
    struct view_hit hits[VIEW_HITS_MAX];
    size_t hit_count;
    uint64_t hits_ever;
    uint32_t ram_base, ram_bytes, flash_base, flash_bytes;
};

#endif
