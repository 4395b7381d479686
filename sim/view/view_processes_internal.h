/* sim/view/view_processes_internal.h - what the files of view_processes share. Not for others. */
#ifndef SIM_VIEW_VIEW_PROCESSES_INTERNAL_H
#define SIM_VIEW_VIEW_PROCESSES_INTERNAL_H

#include "sim/machine/machine_observer.h"
#include "sim/view/kernel_view.h"
#include "sim/view/view_builder.h"
#include "sim/view/view_load.h"

/* What was seen of a process in its present life. */
struct process_seen {
    uint32_t stack_pointer;         /* when it was entered or left last; 0: never */
    uint32_t lowest;                /* that this was since it has a stack; 0: never seen */
    uint32_t stack_top, heap_start; /* as it said by memop; 0: it did not */
    bool faulted;                   /* and has not run since */
};

/* A fault as it was, and its words as far as only that moment knew them. */
struct hit_seen {
    struct view_hit hit;
    uint32_t code;  /* that did it */
    bool described; /* `where` is filled in */
};

struct processes_watch {
    const struct view_sources *sources;
    struct view_load load;
    struct process_seen seen[VIEW_PROCESSES_MAX];
    struct hit_seen hits[VIEW_HITS_MAX]; /* a ring */
    uint64_t hits_ever;
    char grant_name[KERNEL_VIEW_GRANTS_MAX][VIEW_SPAN_LABEL]; /* by index; "": not known */
};

/* view_processes.c */
/* The kernel's record of the process of the TBF at that address; false: there is none to believe.
 */
bool view_processes_find_record(const struct view_sources *sources, uint32_t flash_start,
                                struct kernel_view_process *record);
/* "alarm", or "grant 7". */
void view_processes_grant_name(const struct processes_watch *watch, uint32_t index,
                               char label[VIEW_SPAN_LABEL]);

/* view_spans.c */
/* The spans of a process whose other fields are filled in; `record`: the kernel's, NULL: none.
 * `seen`: NULL when nothing was. */
void view_spans_of_process(const struct processes_watch *watch, struct view_process *process,
                           int index, const struct kernel_view_process *record,
                           const struct process_seen *seen);
/* Those of all RAM and flash; the processes are filled in. */
void view_spans_of_all(const struct processes_watch *watch, struct view_processes *processes);

/* view_hits.c */
void view_hits_take(struct processes_watch *watch, const struct machine_fault *fault);
void view_hits_fill(struct processes_watch *watch, struct view_processes *processes);

#endif
