/* sim/view/kernel_view.h - our kernel's own state, read from the guest's memory by what its ELF
 * says about itself (sim/loader/kernel_info.h). For display; with another kernel nothing is known.
 * The memory is the guest's: anything may stand in it, and what makes no sense is not believed.
 */
#ifndef SIM_VIEW_KERNEL_VIEW_H
#define SIM_VIEW_KERNEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/kernel_info.h"
#include "sim/machine/machine.h"

#define KERNEL_VIEW_SLOTS_MAX   32
#define KERNEL_VIEW_GRANTS_MAX  64
#define KERNEL_VIEW_UPCALLS_MAX 16
#define KERNEL_VIEW_PIECES_MAX  32
#define KERNEL_VIEW_NAME_BYTES  32

enum kernel_view_field {
    KERNEL_VIEW_RAM_START, /* from here on in a process's control block */
    KERNEL_VIEW_APP_BREAK,
    KERNEL_VIEW_GRANT_START,
    KERNEL_VIEW_RAM_END,
    KERNEL_VIEW_FLASH_START,
    KERNEL_VIEW_FLASH_BYTES,
    KERNEL_VIEW_NAME,
    KERNEL_VIEW_NAME_LENGTH,
    KERNEL_VIEW_PSP,
    KERNEL_VIEW_STATE,
    KERNEL_VIEW_STACK_TOP,
    KERNEL_VIEW_HEAP_START,
    KERNEL_VIEW_RESTARTS,
    KERNEL_VIEW_COMPLETION_CODE,
    KERNEL_VIEW_UPCALLS_DROPPED,
    KERNEL_VIEW_QUEUE_COUNT,
    KERNEL_VIEW_QUEUE,
    KERNEL_VIEW_UPCALL_GRANT, /* in an element of the queue */
    KERNEL_VIEW_UPCALL_NUMBER,
    KERNEL_VIEW_PIECE_UNITS, /* in the word that ends a piece of grant memory */
    KERNEL_VIEW_PIECE_GRANT,
    KERNEL_VIEW_PIECE_STATE,
    KERNEL_VIEW_FIELDS,
};

struct kernel_view_place {
    uint32_t offset;
    uint16_t width; /* 0: the ELF does not say */
    uint16_t count;
};

struct kernel_view {
    const struct machine *machine;
    struct kernel_info info; /* owned; empty: nothing is known */
    struct kernel_view_place field[KERNEL_VIEW_FIELDS];
    uint32_t upcall_bytes, piece_bytes, piece_unit; /* 0: not known */
};

void kernel_view_open(struct kernel_view *view, const struct machine *machine,
                      const char *elf_path);
void kernel_view_close(struct kernel_view *view);

/* A little-endian value of 1 to 4 bytes in the guest's memory; false: it is wider, or not there. */
bool kernel_view_read(const struct machine *machine, uint32_t address, uint32_t width,
                      uint32_t *value);

/* Whether the ELF told enough to look at processes. */
bool kernel_view_is_known(const struct kernel_view *view);

/* The kernel has panicked. May be wrong in the microseconds between power-on and the kernel's first
 * writes: RAM then holds anything. */
bool kernel_view_panicking(const struct kernel_view *view);

/* Where the grants of the process whose RAM starts at `ram_base` begin; false: not known. */
bool kernel_view_grant_start(const struct kernel_view *view, uint32_t ram_base, uint32_t *address);

/* The RAM that the kernel shares out to processes; false: not known. */
bool kernel_view_app_ram(const struct kernel_view *view, uint32_t *start, uint32_t *end);

/* The process in a slot, as the kernel's record has it. Its bounds are in order, start <= break <=
 * grants <= record < end, and within the board's RAM; of the rest nothing is promised. */
struct kernel_view_process {
    uint32_t slot;
    uint32_t record; /* address of the control block; the last of the block of RAM */
    uint32_t ram_start, app_break, grant_start, ram_end;
    uint32_t flash_start, flash_bytes;
    uint32_t state;
    uint32_t stack_pointer;         /* when it was left */
    uint32_t stack_top, heap_start; /* as the app said; 0: it did not */
    uint32_t restarts, completion_code, upcalls_dropped, queue_count;
    char name[KERNEL_VIEW_NAME_BYTES]; /* printable */
};
/* How many slots there are: 0 when nothing is known. */
uint32_t kernel_view_slots(const struct kernel_view *view);
/* False: the slot is empty, or what stands there makes no sense. */
bool kernel_view_process(const struct kernel_view *view, uint32_t slot,
                         struct kernel_view_process *process);

/* "Yielded"; "?": no state of that number. Lives as long as the view. */
const char *kernel_view_state_name(const struct kernel_view *view, uint32_t state);

/* The upcalls that wait, the next one first. Returns how many of them were read. */
struct kernel_view_upcall {
    uint32_t grant, number;
};
size_t kernel_view_upcalls(const struct kernel_view *view,
                           const struct kernel_view_process *process,
                           struct kernel_view_upcall upcalls[KERNEL_VIEW_UPCALLS_MAX]);

/* A run of a process's grant memory. */
struct kernel_view_piece {
    uint32_t address, bytes;
    uint32_t grant; /* index */
    bool used;
};
/* From the record downwards. Returns how many make sense: they may end above grant_start. */
size_t kernel_view_pieces(const struct kernel_view *view, const struct kernel_view_process *process,
                          struct kernel_view_piece pieces[KERNEL_VIEW_PIECES_MAX]);

/* The address of the description of a grant; false: there is none of that index. */
bool kernel_view_grant(const struct kernel_view *view, uint32_t index, uint32_t *address);

#endif
