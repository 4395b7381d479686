/*
 * process.h - one process: its control block, and everything that changes its life.
 *
 * The block of RAM of a process, low to high:
 *
 *   ram_start             app_break  reach_end   grant_start                        ram_end
 *   | stack, data, heap ...  |        |  free    | grants (grow down) | struct process |
 *   |------------ the app's ----------|--------------- the kernel's -------------------|
 *
 * The break is what the app asked for, to the byte. The MPU opens RAM up to reach_end, the next
 * address that its regions can express: what lies between is the app's to reach, and nobody else's,
 * but not to lend.
 *
 * struct process (with its table of grants) lies at the top of the process's own block, so a
 * process costs the kernel's own memory one pointer. Addresses of process memory are uint32_t.
 */
#ifndef KERNEL_CORE_PROCESS_H
#define KERNEL_CORE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/drivers.h"
#include "kernel/arch/arch.h"
#include "kernel/capsule/process_id.h"
#include "kernel/capsule/texts.h"
#include "kernel/core/app_refusal.h"
#include "kernel/core/mpu_layout.h"
#include "kernel/core/tbf.h"
#include "kernel/hil/slice.h"

#define PROCESS_UPCALLS 10u /* apps know this number: it bounds what they can leave unattended */

/* Whose upcall. */
union upcall_kind {
    struct {
        bool to_function; /* false: there was no subscription; it can be waited for, never called */
        uint8_t grant;    /* index */
        uint16_t number;
    } is;
    uint32_t word;
};
/* The parts of the word, on a processor whose lowest byte comes first. */
#define UPCALL_TO_FUNCTION 0x000000FFu
#define UPCALL_GRANT       0x0000FF00u
#define UPCALL_NUMBER      0xFFFF0000u
_Static_assert(offsetof(union upcall_kind, is.to_function) == 0 &&
                   offsetof(union upcall_kind, is.grant) == 1 &&
                   offsetof(union upcall_kind, is.number) == 2,
               "the parts of the word");
static inline uint32_t upcall_kind(uint32_t grant, uint32_t number, bool to_function)
{
    return number << 16 | grant << 8 | (to_function ? 1u : 0u);
}

/* An upcall that waits. Function and userdata are those of the subscription: a new subscription
 * removes what was queued for the old one. */
struct process_upcall {
    union upcall_kind kind;
    uint32_t argument[3];
};

/* What is used most comes first: an instruction that reaches a byte of the first 32, or a word of
 * the first 128, is half as long. */
struct process {
    struct process_id id;
    uint8_t state;        /* enum abi_process_state */
    uint8_t resume_state; /* while STOPPED: what it is when it is started again */
    uint8_t slot;         /* its index */
    uint8_t queue_count;
    uint8_t dump; /* of its fault: 1 + the piece that is next; 0: nothing to say */
    bool restart_after_dump;
    bool grants_full_told;
    union upcall_kind wait; /* while YIELDED_FOR: for what, to_function being false */
    uint32_t grant_start;   /* lowest byte of the grants */
    uint32_t app_break;     /* at most layout.reach_end */
    uint32_t allow_end;     /* no break below: end of the highest buffer ever allowed */
    uint32_t code_start;    /* in flash, behind header and trailer, which are protected */
    uint32_t system_calls;
    struct tbf_app app; /* offsets from layout.flash_start */
    struct mpu_layout layout;
    struct arch_context context; /* valid while it is not running */
    uint32_t interruptions;      /* how often it stopped without a call and without a fault */
    uint32_t slices_used_up;
    uint32_t restarts;
    uint32_t restarts_forgiven;    /* of them for a fault that was another process's doing */
    uint32_t lost_start, lost_end; /* holds all that others shared with this life and took away */
    uint32_t upcalls_dropped;
    uint32_t completion_code;
    uint32_t stack_top, heap_start;               /* as the app said; 0: it did not */
    struct arch_fault fault;                      /* of the latest fault, exception 0: none */
    struct process_upcall queue[PROCESS_UPCALLS]; /* the oldest first */
    uint32_t grant_block[]; /* per grant: its address and PROCESS_GRANT_ENTERED; 0: none */
};
#define PROCESS_GRANT_ENTERED 1u /* no block is at an odd address */

/* Makes a process of the app at flash_start, ready to run. */
enum app_refusal process_create(uint32_t flash_start, const struct tbf_app *app);

/* The process of this identifier while this life lasts, else NULL. */
struct process *process_find(struct process_id id);

/* All there are, in the order of their slots: the first after NULL; NULL after the last. */
struct process *process_after(const struct process *process);

/* Whatever its state, the process of the app at that flash address, else NULL. */
struct process *process_find_at(uint32_t flash_start);

bool process_is_alive(const struct process *process);

/* The state it is in or, when stopped, will be in. */
enum abi_process_state process_effective_state(const struct process *process);
void process_set_effective_state(struct process *process, enum abi_process_state state);

/* If its slice is running, it is over, even when the process runs on. */
void process_leave_slice(struct process *process);

/* Its layout has changed, or it will not run again: the MPU is loaded before the next entry. */
void process_reload_regions(const struct process *process);

/* Ends this life: queue, grants, subscriptions and buffers are gone, memory is kept. `end` is
 * TERMINATED or FAULTED. */
void process_end(struct process *process, enum abi_process_state end);

/* A new life, from the beginning, under a new identifier. Ends the old one first. */
void process_restart(struct process *process);

/* Ends it for good: its slot and its RAM are free, `process` points to nothing any more, and its
 * identifiers are never anybody's again. Not while a command of it is being carried out (so from
 * the main loop's deferred calls). K_EBUSY: somebody holds a pointer into a grant. */
int process_remove(struct process *process);

/* Of the RAM for apps, what no process has. */
uint32_t process_ram_free_bytes(void);

/* The process did something forbidden: `fault` says what, or, when that is NULL, `why`.
 * Reports it, then does what the fault policy says. */
void process_fault(struct process *process, const struct arch_fault *fault, enum text_id why);

/* An identifier: the slot in the low byte, above it a number that none of this slot's lives before
 * had. Each slot counts for itself: a process that restarts all the time uses up only its own. */
static inline uint32_t process_slot(struct process_id id)
{
    return id.value & 0xFFu;
}

/* Where grants end. */
static inline uint32_t process_grant_end(const struct process *process)
{
    return (uint32_t)(uintptr_t)process;
}

static inline bool process_range_is_inside(uint32_t address, uint32_t length, uint32_t start,
                                           uint32_t end)
{
    return address >= start && address <= end && length <= end - address;
}

/* Is [address, address + length) in RAM below the break? Length 0: false. */
static inline bool process_owns_ram(const struct process *process, uint32_t address,
                                    uint32_t length)
{
    return length != 0 &&
           process_range_is_inside(address, length, process->layout.ram_start, process->app_break);
}

/* ... or in its flash, past what is protected? */
static inline bool process_owns_flash(const struct process *process, uint32_t address,
                                      uint32_t length)
{
    return length != 0 &&
           process_range_is_inside(address, length, process->code_start, process->layout.flash_end);
}

/* True when the frame at psp lies in RAM below the break. */
static inline bool process_frame_is_valid(const struct process *process)
{
    uint32_t psp = process->context.psp;
    /* No RAM lies so low that the subtraction could wrap. */
    return psp % sizeof(uint32_t) == 0 && psp >= process->layout.ram_start &&
           psp <= process->app_break - ARCH_FRAME_BYTES;
}

struct const_slice process_name(const struct process *process);
bool process_has_name(const struct process *process, struct const_slice name);

/* Bytes of struct process with the table of grants. */
uint32_t process_block_bytes(void);

/* Moves the break as brk does, what that opens being zero: K_OK, or K_ENOMEM and nothing changed.
 */
int process_set_break(struct process *process, uint32_t wanted);

/* Memory of a process as bytes. The kernel's own view: any address of the process's block. */
static inline void *process_memory(uint32_t address)
{
    return (void *)(uintptr_t)address;
}

#endif
