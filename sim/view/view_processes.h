/* sim/view/view_processes.h - the processes and their memory, with the MPU's regions over it. What
 * the kernel tells about itself (sim/view/kernel_view.h) is used where there is some; without it
 * what was observed from outside remains. */
#ifndef SIM_VIEW_VIEW_PROCESSES_H
#define SIM_VIEW_VIEW_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"

#define VIEW_PROCESSES_MAX   16
#define VIEW_PROCESS_NAME    32
#define VIEW_CLASSES         8
#define VIEW_SPANS_MAX       48
#define VIEW_FLASH_SPANS_MAX 4
#define VIEW_OVERVIEW_MAX    (2 * VIEW_PROCESSES_MAX + 2)
#define VIEW_UPCALLS_MAX     16
#define VIEW_HITS_MAX        16
#define VIEW_SPAN_LABEL      24
#define VIEW_SPAN_NOBODY     (-1)

enum view_span_kind {
    VIEW_SPAN_STACK_USED,    /* between the stack pointer and the top */
    VIEW_SPAN_STACK_DEEPEST, /* below, but was used in this life */
    VIEW_SPAN_STACK_FREE,
    VIEW_SPAN_DATA,
    VIEW_SPAN_HEAP,
    VIEW_SPAN_GAP,        /* between break and grants: nobody's yet */
    VIEW_SPAN_GRANT,      /* `label`: the driver's name; "free": given back */
    VIEW_SPAN_KERNEL,     /* the kernel's record of the process; in an overview: its own memory */
    VIEW_SPAN_APP_HEADER, /* flash */
    VIEW_SPAN_APP_CODE,
    VIEW_SPAN_OPEN,        /* nothing more is known than that the MPU opens it */
    VIEW_SPAN_CLOSED,      /* nor that */
    VIEW_SPAN_APP_TRAILER, /* flash behind the header that is protected too */
    VIEW_SPAN_APP_FOOTER,  /* credentials */
    VIEW_SPAN_PROCESS,     /* in an overview: all of a process's, `label` is its name */
    VIEW_SPAN_FREE,        /* in an overview */
};

/* Spans of a process lie in order of address, do not overlap and leave nothing out. */
struct view_span {
    enum view_span_kind kind;
    int process; /* index, or VIEW_SPAN_NOBODY */
    uint32_t address, bytes;
    char label[VIEW_SPAN_LABEL]; /* "" or what is more to say: the grant's driver */
};

/* An access that was refused, or another fault; kept for a while. */
struct view_hit {
    int process;     /* index, VIEW_SPAN_NOBODY: the kernel */
    uint64_t number; /* 1, 2, ... of all that there were */
    uint64_t cycle;
    uint32_t address, pc;
    bool address_valid;
    char what[64];   /* "write to 0x20001f00", or the fault's name */
    char whose[64];  /* "grant of alarm in blink"; "" without an address */
    char why[96];    /* "MPU: no region of the process maps it" */
    char where[112]; /* the code: "main (apps/blink/main.c:42)" */
};

struct view_upcall {
    char driver[VIEW_SPAN_LABEL];
    uint32_t number;
};

/* A call as it was made: class and r0 to r3. */
struct view_call {
    bool known;
    uint32_t call_class, argument[4];
};

struct view_process {
    char name[VIEW_PROCESS_NAME];
    char state[16]; /* "Running", "Yielded", ...; without our kernel "Ready" or "Not started" */
    uint32_t slot;  /* the kernel's; UINT32_MAX: not known */
    uint16_t cpu_permille; /* of the last second */
    uint32_t calls_per_second;
    uint64_t calls, calls_of_class[VIEW_CLASSES];
    struct view_call last_call;
    struct view_upcall upcalls[VIEW_UPCALLS_MAX]; /* that wait, the next one first */
    uint32_t upcalls_waiting, upcalls_dropped, restarts, starts;
    uint32_t completion_code;
    uint64_t faults;
    bool running;                  /* at this very moment */
    bool record_sane;              /* the kernel's record of it was believed */
    uint32_t ram_start, ram_bytes; /* 0 bytes: it has none (yet) */
    uint32_t flash_start, flash_bytes;
    uint32_t app_break, stack_pointer, stack_deepest, stack_top; /* 0: not known */
    struct view_span ram[VIEW_SPANS_MAX];
    size_t ram_count;
    struct view_span flash[VIEW_FLASH_SPANS_MAX];
    size_t flash_count;
    bool mpu_known;       /* it has run */
    struct mpu_state mpu; /* as set when it runs */
};

struct view_processes {
    struct view_process processes[VIEW_PROCESSES_MAX];
    size_t count; /* the first are those of process_watch, by the same index */
    int running;  /* index, VIEW_SPAN_NOBODY: the kernel, an interrupt or sleep */
    bool kernel_known;
    /* Shares of the last second; with those of the processes they add up to 1,000. */
    uint16_t kernel_permille, interrupts_permille, sleep_permille;
    uint32_t calls_per_second;           /* of all */
    struct mpu_state mpu;                /* in force now */
    struct view_hit hits[VIEW_HITS_MAX]; /* newest first */
    size_t hit_count;
    uint64_t hits_ever;
    uint32_t ram_base, ram_bytes, flash_base, flash_bytes;
    struct view_span ram[VIEW_OVERVIEW_MAX]; /* all of the chip's */
    size_t ram_count;
    struct view_span flash[VIEW_OVERVIEW_MAX];
    size_t flash_count;
};

/* "allow read-write"; "?" for a class that does not exist. */
const char *view_class_name(uint32_t call_class);

#endif
