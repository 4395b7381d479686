/*
 * process_control.h - looking at processes and ruling over them. Not for every capsule: the board
 * grants these symbols to the process console and the process info driver only.
 *
 * None of it may be called from inside a grant scope.
 */
#ifndef KERNEL_CAPSULE_PROCESS_CONTROL_H
#define KERNEL_CAPSULE_PROCESS_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/drivers.h"
#include "kernel/capsule/process_id.h"
#include "kernel/capsule/texts.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

/* What is known of one process. Addresses are absolute; [start, end). The numbers come first: they
 * are what texts about a process are given as values. */
struct process_view {
    uint32_t index;          /* as in reports; stays the same over restarts */
    uint32_t short_id;       /* of the TBF header; 0: none */
    uint32_t slices_used_up; /* time slices that ran to their end */
    uint32_t system_calls;
    uint32_t restarts;
    uint32_t grants_used;
    uint32_t grants_total;
    uint32_t state;           /* enum abi_process_state; STOPPED whatever it did before */
    uint32_t completion_code; /* of the latest exit, 0 before */
    uint32_t upcalls_pending;
    uint32_t upcalls_dropped;
    uint32_t ram_start;
    uint32_t stack_top, heap_start;           /* as the app said (memop 10, 11), or 0 */
    uint32_t app_break, grant_start, ram_end; /* app_break..grant_start is free */
    uint32_t flash_start, flash_end;
    struct process_id id;
    struct const_slice name; /* UTF-8, in flash, stays in place */
};

/* Slots there are: every process has an index below. */
OUTSIDE_SCOPE uint32_t process_slot_count(void);

/* False when there is no process at that index. */
NOT_NULL OUTSIDE_SCOPE bool process_view_get(uint32_t index, BORROWED struct process_view *view);

/* The first process of that name. False when there is none. */
NOT_NULL OUTSIDE_SCOPE bool process_find_by_name(BORROWED struct const_slice name,
                                                 BORROWED struct process_id *id);

/*
 * stop: it is not scheduled any more; start: goes on where it was (K_EALREADY when it was not
 * stopped); fault: as if it had done something forbidden (the fault policy decides); terminate:
 * ends it, grants, upcalls and buffers gone; boot: starts a terminated or faulted one from its
 * beginning (K_EALREADY when it lives). K_ENODEVICE: stale identifier of a process that has since
 * restarted (an ended process keeps its last identifier for `boot`). Takes effect at once for the
 * process; its memory is rebuilt (boot) from the main loop.
 */
OUTSIDE_SCOPE int process_act(struct process_id id, enum abi_process_action action);

/* What one grant takes of a process's memory. */
struct process_grant_view {
    uint32_t driver; /* its number, if it has one */
    uint32_t bytes;  /* 0: it has none */
    uint32_t pieces; /* of a custom grant; else 1 */
    bool has_driver;
    struct const_slice name; /* the capsule's; empty when it has no driver, or is the core's */
};

/* Of the process at that index; `number` counts the grants there are. False: not so many, or there
 * is no process. */
NOT_NULL OUTSIDE_SCOPE bool process_grant_get(uint32_t index, uint32_t number,
                                              BORROWED struct process_grant_view *view);

/* An app in flash that is no process. */
struct refused_app_view {
    uint32_t flash_start;
    struct const_slice name; /* UTF-8, in flash; empty when its header says none, or is damaged */
    enum text_id reason;     /* a sentence without its full stop */
};

/* The apps that were refused lately, the oldest first. False when there are not so many. */
NOT_NULL OUTSIDE_SCOPE bool refused_app_get(uint32_t index, BORROWED struct refused_app_view *view);

/* The kernel's memory. [start, end). */
struct kernel_view {
    uint32_t text_start, text_end;   /* code and constants */
    uint32_t stack_start, stack_end; /* grows down to stack_start */
    uint32_t data_start, data_end;   /* initialised and zeroed variables */
    uint32_t app_flash_start, app_flash_end;
    uint32_t app_ram_start, app_ram_end;
    uint32_t app_ram_free;     /* bytes that no process has */
    uint32_t stack_never_used; /* bytes from stack_start on */
};
NOT_NULL OUTSIDE_SCOPE void kernel_view_get(BORROWED struct kernel_view *view);

/* Both do not return. The panic dump goes to the console at once. */
OUTSIDE_SCOPE _Noreturn void kernel_panic(enum text_id why);
OUTSIDE_SCOPE _Noreturn void kernel_reset(void);

#endif
