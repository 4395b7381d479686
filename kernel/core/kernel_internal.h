/*
 * kernel_internal.h - all mutable state of the kernel, and what the core's files share. Not for
 * boards, chips or capsules.
 */
#ifndef KERNEL_CORE_KERNEL_INTERNAL_H
#define KERNEL_CORE_KERNEL_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/grant.h"
#include "kernel/core/app_control.h"
#include "kernel/core/kernel.h"
#include "kernel/core/loader.h"
#include "kernel/core/process.h"
#include "kernel/core/report.h"

/* Text that waits for the board's UART. */
#define DEBUG_RING_BYTES 512u
_Static_assert((DEBUG_RING_BYTES & (DEBUG_RING_BYTES - 1u)) == 0,
               "first and end wrap around where the ring does");
struct debug_ring {
    uint32_t first, end;       /* bytes that were ever taken out, and put in: those between wait */
    uint32_t sending;          /* of them on their way; 0: the UART is idle */
    uint32_t lost;             /* bytes dropped since the ring was last seen with room */
    struct deferred_call pump; /* starts the UART */
    struct dma_buffer buffer;  /* the bytes, to the UART */
    uint8_t bytes[DEBUG_RING_BYTES];
};

/* Drivers with numbers below are found without a search: the base drivers, of which every process
 * uses some all the time. */
#define KERNEL_LOW_DRIVERS 16u

/* A grant that is entered just now. */
struct open_scope {
    struct process_id id; /* of the life whose it is */
    uint32_t what;        /* a grant's index, at most 255; or the address of a custom piece */
};
#define KERNEL_SCOPES 8u /* one inside the other, of all capsules that call each other */

/* What a capsule did. */
struct trap {
    const struct capsule *owner;
    uint32_t pc;
    struct arch_fault fault;
};

/* A command that has taken the slice from its own caller, by which it would be known. */
struct left_command {
    const struct capsule *owner; /* NULL: it was none, or trusted code's */
    struct process *caller;
    struct process_id id; /* of the life that called */
};

struct deferred_list {
    struct deferred_call *first, *last; /* last is meaningless while there is no first */
};

/* The way of an app from flash to a process. */
enum loader_phase {
    LOADER_IDLE,
    LOADER_WAIT,  /* somebody checks a credential; from here on up there is something to do */
    LOADER_FIND,  /* the next app: boot's, or of the oldest request */
    LOADER_CHECK, /* the candidate's next credential */
    LOADER_MAKE,  /* a process of it */
};

#define LOADER_REFUSED_KEPT 8u
struct loader_refused {
    uint32_t flash_start;
    enum app_refusal refusal;
};

struct loader {
    enum loader_phase phase;
    bool booting;               /* the apps in flash are not all decided */
    bool electing;              /* the candidate may have others of its ShortId behind it */
    bool elected;               /* the election for the app at boot_next is over */
    uint32_t boot_next;         /* what boot looks at */
    uint32_t candidate;         /* address of the app that is being decided */
    struct tbf_app app;         /* of the candidate */
    struct tbf_footers footers; /* where to look on */
    struct hil_credential_question question; /* while one is being checked */
    struct deferred_call next_piece;
    struct loader_request *first, *last; /* requests; the first is under way once boot is over */
    struct loader_refused refused[LOADER_REFUSED_KEPT]; /* the oldest first */
    uint32_t refused_count;
};

/* What is used most comes first: an instruction that reaches a byte of the first 32, or a word of
 * the first 128, is half as long. */
struct kernel {
    const struct kernel_config *config;
    struct process *current; /* whose time slice is running; NULL: nobody's */
    const struct process
        *mpu_owner;    /* whose regions, as they are now, the MPU holds; NULL: none's */
    uint8_t next_slot; /* where the round robin looks first */
    bool in_main_loop; /* interrupts are served, so texts may wait */
    bool panicking;
    bool serving;   /* interrupts and deferred calls; else what runs is a process or its call */
    bool stop_dead; /* the chip is to be told that somebody died */
    const struct scheduler *scheduler;
    union arch_signals put_off; /* work that waits until the processes have had their share */
    uint32_t slice_ticks;       /* left of the slice of `current` */
    uint32_t work_ticks;        /* of the kernel's work since the processes last had their share */
    uint32_t share_ticks;       /* that they have had of it since */
    int grant_error;            /* of the latest grant_enter */
    uint32_t answer[2];         /* values of the latest command's success, if it has any */
    struct process *process[KERNEL_PROCESS_SLOTS];       /* by index; NULL: none */
    const struct driver *low_driver[KERNEL_LOW_DRIVERS]; /* by number; NULL: there is none */
    struct deferred_list deferred, deferred_later;
    uint32_t latest_serial;                     /* of a piece of a custom grant */
    uint32_t dead_capsules[4];                  /* bits: bit_of in trap.c */
    struct trap trap;                           /* what is being handled; owner NULL: nothing */
    struct left_command left_command;           /* the latest; counts while `current` is NULL */
    uint32_t generations[KERNEL_PROCESS_SLOTS]; /* of the latest life that a slot had */
    struct open_scope scope[KERNEL_SCOPES]; /* the latest last; arch_guard.scopes_open are valid */
    struct deferred_call dump;              /* of processes that faulted */
    struct app_control apps;                /* what is being installed */
    struct loader loader;
    struct debug_ring debug;
};

extern struct kernel kernel;

/* grant.c: all GRANT objects, side by side. */
extern const struct grant __start_grants[], __stop_grants[];
static inline uint32_t grant_count(void)
{
    return (uint32_t)(__stop_grants - __start_grants);
}
static inline uint32_t grant_index(const struct grant *grant)
{
    return (uint32_t)(grant - __start_grants);
}

/* scheduler.c */
/* If the process can run now, and could not before, it may be more urgent than the one that does.
 */
void scheduler_note_ready(const struct process *process);

/* trap.c */
/* The process is about to lose its slice; if that is a command's doing, whose it is would be
 * forgotten. */
void trap_note_command(void);
/* Whose command is being carried out. The main loop's only, or what it has called. */
struct process *trap_caller(void);
/* All struct capsule, side by side; at most 512 bytes (kernel.ld). */
extern const struct capsule __start_capsules[], __stop_capsules[];
/* Puts on the list of what is entered: see struct open_scope. There is room. (grant.c) */
void grant_note_open(const struct process *process, uint32_t what);
/* Leaves the scopes that were opened when there were `count` already. (grant.c) */
void grant_leave_scopes(uint32_t count);
/* What all processes have of this grant is gone: state, subscriptions, buffers, queued upcalls.
 * What is entered just now stays until its process ends. (grant.c) */
void grant_free(const struct grant *grant);

/* A subscription or a buffer, as it lies in the process's grant. */
struct grant_pair {
    uint32_t first;  /* function, or address; 0: none */
    uint32_t second; /* userdata, or length */
};

/* The driver that names this grant; NULL: none does. */
const struct driver *grant_driver(uint32_t index);
/* The process's grant block; 0 when it has none. Allocates it first if `allocate` and there is
 * room. */
uint32_t grant_block_get(struct process *process, const struct grant *grant, bool allocate);
/* The pair of that number which a system call of this class exchanges (ABI_CLASS_SUBSCRIBE, or an
 * enum allow_kind), in a block of grant_block_get; NULL: there are not so many. */
struct grant_pair *grant_pair_get(const struct grant *grant, uint32_t block, uint32_t class,
                                  uint32_t number);
extern const struct grant_pair grant_no_pair; /* {0, 0} */

/* loader.c */
/* What becomes of the candidate. */
void loader_decide(struct loader *loader, enum app_refusal refusal);
/* A capsule has died: if it was at a credential, it never answers. */
void loader_note_dead(void);
/* loader_report.c */
/* Says it and keeps it. */
void loader_report_refusal(uint32_t flash_start, const struct tbf_app *app,
                           enum app_refusal refusal);
void loader_report_loaded(const struct process *process);
/* app_id.c */
/* An app in flash, as tbf_parse says it: app->total_size is 0 at the end of the apps. It has a name
 * when it is an app, if only a disabled one. */
enum tbf_result app_look(uint32_t flash_start, struct tbf_app *app);
/* The process of this ShortId, whatever its state; NULL: there is none, or it is 0. */
const struct process *app_id_process(uint32_t short_id);
/* Where in flash, of the apps of this ShortId, the first lies that ranks below `rank`; 0: none
 * does. */
uint32_t app_id_next(uint32_t short_id, uint64_t rank);

/* upcall.c */
/* Gives the upcall to the process or queues it. K_ENOMEM: lost. */
int upcall_deliver(struct process *process, const struct process_upcall *upcall);
/* yield: the process goes on with its oldest callable upcall; false when there is none. Upcalls
 * that nobody subscribed to are dropped on the way if `drop` or if one is found behind them. */
bool upcall_run_next(struct process *process, bool drop);
/* yield-wait-for: the process gets the oldest one of this kind, or waits for one. */
void upcall_wait_for(struct process *process, uint32_t grant, uint32_t number);
/* The oldest queued from `from` (at first: process->queue) on of which the parts in `mask`
 * (UPCALL_...) of kind.word are as in `like`; NULL: none. */
struct process_upcall *upcall_find(struct process *process, struct process_upcall *from,
                                   uint32_t like, uint32_t mask);
/* From the queue; the next one takes its place. */
void upcall_remove(struct process *process, struct process_upcall *upcall);
/* All that upcall_find would find. */
void upcall_forget(struct process *process, uint32_t like, uint32_t mask);

/* syscall.c: the process stopped at an SVC. */
void syscall_handle(struct process *process);
/* The command that is being carried out ended in a trap. */
void syscall_answer_trapped(void);
/* NULL: there is none of this number, or it is dead. */
const struct driver *syscall_find_driver(uint32_t number);
/* Most apps have no list of permissions: they may use everything. */
static inline bool syscall_has_permissions(const struct process *process)
{
    return process->app.has_permissions && kernel.config->enforce_permissions;
}
/* Writes only the registers that the variant names. */
static inline void syscall_answer(struct arch_frame *frame, command_return result)
{
    if (ARCH_LIKELY(result >= ABI_SUCCESS)) {
        frame->r0 = result;
        /* Values are one answer's: a capsule can also say that there are some, without having any.
         */
        frame->r1 = kernel.answer[0];
        kernel.answer[0] = 0;
        if (result != ABI_SUCCESS_U32) {
            frame->r2 = kernel.answer[1];
            kernel.answer[1] = 0;
        }
        return;
    }
    frame->r0 = ABI_SUCCESS;
    if (result != command_success()) {
        frame->r0 = ABI_FAILURE;
        frame->r1 = result;
    }
}
/* syscall_other.c */
/* The row of the board's table, whether it is dead or not. */
const struct driver *syscall_driver_row(uint32_t number);
void syscall_handle_other(struct process *process, struct arch_frame *frame, uint32_t class);
/* syscall_memory.c */
command_return syscall_memop(struct process *process, uint32_t operation, uint32_t operand);

/* deferred.c: runs what was requested before the call; false when there was nothing. */
bool deferred_run(void);
/* A turn is over: what was to wait for that is requested now; false when nothing was. */
bool deferred_release_later(void);

/* debug.c */
/* From here on texts wait for the UART. */
void debug_start(void);
/* Sends the ring's contents by polling: nothing waits any more. */
void debug_flush(void);
/* Bytes that can be written now without being lost. */
uint32_t debug_room(void);

/* report.c */
/* One line: who, what, where. `why` is the reason; TEXT_NOTHING:
 * process->fault has it. */
void report_process_fault(const struct process *process, enum text_id why);
/* All that is known of a process that has just ended in a fault goes to the debug console as there
 * is room. Then, if it has not been started or removed meanwhile, it is started anew on request. */
void report_after_fault(struct process *process, bool restart);
/* There is room again. */
void report_go_on(void);
/* Which capsule, what it did, where, in whose call. */
void report_trap(const struct trap *trap);
/* The process has no room for so many bytes of this grant: once, and what to do. */
void report_grants_full(struct process *process, uint32_t grant, uint32_t bytes);

/* control.c */
/* Empty for NULL. */
struct const_slice capsule_name(const struct capsule *owner);

#endif
