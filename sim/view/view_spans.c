/* Who owns which bytes, as maps without gaps. */
#include <stdio.h>
#include <string.h>

#include "kernel/abi/syscall.h"
#include "sim/loader/tbf.h"
#include "sim/machine/machine_view.h"
#include "sim/view/view_mpu.h"
#include "sim/view/view_processes_internal.h"

/* A map that is being made: [cursor, end) is still to be said. So it can have no gap, whatever the
 * addresses are that the guest's memory holds. */
struct map {
    struct view_span *spans;
    size_t count, max;
    uint32_t cursor, end;
    int process;
};

static void put(struct map *map, uint32_t until, enum view_span_kind kind, const char *label)
{
    until = until < map->end ? until : map->end;
    if (until <= map->cursor) {
        return;
    }
    struct view_span *last = map->count == 0 ? NULL : &map->spans[map->count - 1];
    if (map->count == map->max) {
        last->bytes += until - map->cursor;
        snprintf(last->label, sizeof last->label, "and more");
    } else {
        map->spans[map->count] = (struct view_span){.kind = kind,
                                                    .process = map->process,
                                                    .address = map->cursor,
                                                    .bytes = until - map->cursor};
        snprintf(map->spans[map->count].label, sizeof map->spans[0].label, "%s", label);
        map->count++;
    }
    map->cursor = until;
}

/* ---- stack, data, heap ---- */

/* The lowest byte that is not zero in [from, to); `to`: all are. Our kernel gives out memory that
 * is zero. */
static uint32_t find_used(const struct machine *machine, uint32_t from, uint32_t to)
{
    const struct board_memory *memory = &machine_view_board(machine)->ram;
    const uint8_t *ram = machine_view_ram(machine);
    while (from < to && ram[from - memory->base] == 0) {
        from++;
    }
    return from;
}

/* Where the stack has reached to. The first frame lies at the first break, before crt0 has made a
 * stack: what is in there says nothing. */
static uint32_t find_deepest(const struct processes_watch *watch,
                             const struct view_process *process, bool scan,
                             const struct process_seen *seen)
{
    uint32_t deepest = process->stack_top;
    uint32_t first = process->ram_start + ABI_INITIAL_BREAK_BYTES;
    if (process->stack_pointer != 0 && process->stack_pointer < deepest) {
        deepest = process->stack_pointer;
    }
    if (seen != NULL && seen->lowest >= process->ram_start && seen->lowest != 0 &&
        seen->lowest < deepest) {
        deepest = seen->lowest;
    }
    return scan && first < deepest ? find_used(watch->sources->machine, first, deepest) : deepest;
}

/* The app's own memory, from its start to its break. */
static void put_app_part(struct map *map, const struct processes_watch *watch,
                         struct view_process *process, uint32_t heap_start, bool scan,
                         const struct process_seen *seen)
{
    uint32_t top = process->stack_top;
    bool stack_known = top > process->ram_start && top <= process->app_break;
    if (!stack_known) {
        process->stack_top = 0;
        put(map, process->app_break, VIEW_SPAN_OPEN, "stack, data, heap");
        return;
    }
    if (process->stack_pointer < process->ram_start || process->stack_pointer > top) {
        process->stack_pointer = 0; /* it stands somewhere else */
    }
    process->stack_deepest = find_deepest(watch, process, scan, seen);
    put(map, process->stack_deepest, VIEW_SPAN_STACK_FREE, "");
    put(map, process->stack_pointer, VIEW_SPAN_STACK_DEEPEST, "");
    put(map, top, VIEW_SPAN_STACK_USED, "");
    if (heap_start >= top && heap_start <= process->app_break) {
        put(map, heap_start, VIEW_SPAN_DATA, "");
        put(map, process->app_break, VIEW_SPAN_HEAP, "");
    } else {
        put(map, process->app_break, VIEW_SPAN_DATA, "data and heap");
    }
}

/* ---- with the kernel's record ---- */

static void put_grants(struct map *map, const struct processes_watch *watch,
                       const struct kernel_view_process *record)
{
    struct kernel_view_piece pieces[KERNEL_VIEW_PIECES_MAX];
    char label[VIEW_SPAN_LABEL];
    size_t count = kernel_view_pieces(watch->sources->kernel, record, pieces);
    put(map, count == 0 ? record->record : pieces[count - 1].address, VIEW_SPAN_GRANT, "?");
    while (count > 0) {
        const struct kernel_view_piece *piece = &pieces[--count];
        snprintf(label, sizeof label, "free");
        if (piece->used) {
            view_processes_grant_name(watch, piece->grant, label);
        }
        put(map, piece->address + piece->bytes, VIEW_SPAN_GRANT, label);
    }
}

static void put_recorded(struct map *map, const struct processes_watch *watch,
                         struct view_process *process, const struct kernel_view_process *record,
                         const struct process_seen *seen)
{
    put_app_part(map, watch, process, record->heap_start, true, seen);
    put(map, record->grant_start, VIEW_SPAN_GAP, "");
    put_grants(map, watch, record);
    put(map, record->ram_end, VIEW_SPAN_KERNEL, "");
}

/* ---- from outside only ---- */

static void put_observed(struct map *map, const struct processes_watch *watch,
                         struct view_process *process, const struct process_seen *seen)
{
    struct view_access runs[VIEW_MPU_SPANS_MAX];
    size_t count = view_mpu_spans(&process->mpu, process->ram_start, process->ram_bytes, runs,
                                  VIEW_MPU_SPANS_MAX);
    size_t i = 0;
    process->app_break = process->ram_start;
    while (i < count && runs[i].read) { /* stack, data and heap lie at the start of the block */
        process->app_break = runs[i].address + runs[i].bytes;
        i++;
    }
    if (i > 0) {
        put_app_part(map, watch, process, seen == NULL ? 0 : seen->heap_start, false, seen);
    }
    for (; i < count; i++) {
        put(map, runs[i].address + runs[i].bytes, runs[i].read ? VIEW_SPAN_OPEN : VIEW_SPAN_CLOSED,
            "");
    }
    put(map, map->end, VIEW_SPAN_CLOSED, "");
}

/* ---- flash ---- */

static void put_flash(const struct processes_watch *watch, struct view_process *process, int index)
{
    const struct board_memory *flash = &machine_view_board(watch->sources->machine)->flash;
    struct map map = {.spans = process->flash,
                      .max = VIEW_FLASH_SPANS_MAX,
                      .cursor = process->flash_start,
                      .end = process->flash_start + process->flash_bytes,
                      .process = index};
    struct tbf_info info;
    struct sim_error ignored = {0};
    uint32_t at = process->flash_start - flash->base;
    bool within = at < flash->size_bytes && process->flash_bytes <= flash->size_bytes - at;
    if (!within) { /* a damaged record: nothing can be said of such flash */
        process->flash_bytes = 0;
        process->flash_count = 0;
        return;
    }
    if (tbf_parse(process->name, machine_view_flash(watch->sources->machine) + at,
                  process->flash_bytes, &info, &ignored)) {
        put(&map, process->flash_start + info.header_bytes, VIEW_SPAN_APP_HEADER, "");
        put(&map, process->flash_start + info.app_offset, VIEW_SPAN_APP_TRAILER, "");
        put(&map, process->flash_start + info.binary_end, VIEW_SPAN_APP_CODE, "");
        put(&map, map.end, VIEW_SPAN_APP_FOOTER, "");
    }
    put(&map, map.end, VIEW_SPAN_APP_CODE, "no TBF");
    process->flash_count = map.count;
}

void view_spans_of_process(const struct processes_watch *watch, struct view_process *process,
                           int index, const struct kernel_view_process *record,
                           const struct process_seen *seen)
{
    struct map map = {.spans = process->ram,
                      .max = VIEW_SPANS_MAX,
                      .cursor = process->ram_start,
                      .end = process->ram_start + process->ram_bytes,
                      .process = index};
    if (process->ram_bytes != 0 && record != NULL) {
        put_recorded(&map, watch, process, record, seen);
    } else if (process->ram_bytes != 0) {
        put_observed(&map, watch, process, seen);
    }
    process->ram_count = map.count;
    put_flash(watch, process, index);
}

/* ---- all of the chip's ---- */

/* The process with the lowest block at or above the address; -1: there is none. */
static int find_next(const struct view_processes *processes, bool flash, uint32_t address)
{
    int found = VIEW_SPAN_NOBODY;
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < processes->count; i++) {
        const struct view_process *process = &processes->processes[i];
        uint32_t start = flash ? process->flash_start : process->ram_start;
        uint32_t bytes = flash ? process->flash_bytes : process->ram_bytes;
        if (bytes != 0 && start >= address && start < lowest) {
            lowest = start;
            found = (int)i;
        }
    }
    return found;
}

static size_t put_all(const struct view_processes *processes, bool flash, uint32_t kernel_end,
                      struct view_span *spans)
{
    uint32_t base = flash ? processes->flash_base : processes->ram_base;
    uint32_t bytes = flash ? processes->flash_bytes : processes->ram_bytes;
    struct map map = {.spans = spans,
                      .max = VIEW_OVERVIEW_MAX,
                      .cursor = base,
                      .end = base + bytes,
                      .process = VIEW_SPAN_NOBODY};
    put(&map, kernel_end, VIEW_SPAN_KERNEL, processes->count == 0 ? "firmware" : "kernel");
    int next = find_next(processes, flash, map.cursor);
    while (next != VIEW_SPAN_NOBODY) {
        const struct view_process *process = &processes->processes[next];
        uint32_t start = flash ? process->flash_start : process->ram_start;
        uint32_t size = flash ? process->flash_bytes : process->ram_bytes;
        map.process = VIEW_SPAN_NOBODY;
        put(&map, start, VIEW_SPAN_FREE, "");
        map.process = next;
        put(&map, start + size, VIEW_SPAN_PROCESS, process->name);
        next = map.cursor > start ? find_next(processes, flash, map.cursor) : VIEW_SPAN_NOBODY;
    }
    map.process = VIEW_SPAN_NOBODY;
    put(&map, map.end, VIEW_SPAN_FREE, "");
    return map.count;
}

/* Where the kernel's own RAM ends: as it says, else where the first process begins. */
static uint32_t find_kernel_end(const struct processes_watch *watch,
                                const struct view_processes *processes)
{
    uint32_t start = 0;
    uint32_t end = 0;
    if (kernel_view_app_ram(watch->sources->kernel, &start, &end)) {
        return start;
    }
    int first = find_next(processes, false, processes->ram_base);
    return first == VIEW_SPAN_NOBODY ? processes->ram_base + processes->ram_bytes
                                     : processes->processes[first].ram_start;
}

void view_spans_of_all(const struct processes_watch *watch, struct view_processes *processes)
{
    const struct board *board = machine_view_board(watch->sources->machine);
    uint32_t apps =
        processes->count == 0 ? board->flash.base + board->flash.size_bytes : board->apps.base;
    processes->ram_count =
        put_all(processes, false, find_kernel_end(watch, processes), processes->ram);
    processes->flash_count = put_all(processes, true, apps, processes->flash);
}
