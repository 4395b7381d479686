#include "sim/faults/ownership.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "sim/faults/ownership_internal.h"
#include "sim/machine/machine_view.h"

#define FRAME_BYTES             32U
#define EXCEPTION_SVCALL_NUMBER 11U
#define ERASED                  0xFFU

void ownership_report(struct ownership *ownership, enum ownership_breach_kind kind,
                      uint32_t address, int who, int whose)
{
    struct ownership_state *state = &ownership->state;
    uint32_t same = 0;
    state->breach_total++;
    for (size_t i = 0; i < state->breach_count; i++) {
        same += state->breach[i].kind == kind;
    }
    if (same == OWNERSHIP_BREACHES_EACH) {
        return;
    }
    state->breach[state->breach_count] =
        (struct ownership_breach){.kind = kind,
                                  .address = address,
                                  .who = who,
                                  .whose = whose,
                                  .cycle = clock_now(machine_clock(ownership->machine)),
                                  .pc = cpu_pc(machine_cpu(ownership->machine))};
    state->breach_count++;
}

static enum ownership_breach_kind breach_of(enum ownership_mistake mistake)
{
    switch (mistake) {
    case OWNERSHIP_BAD_SWAP:
        return OWNERSHIP_BREACH_SWAP;
    case OWNERSHIP_BAD_BREAK:
        return OWNERSHIP_BREACH_BREAK;
    case OWNERSHIP_BAD_BOUND:
        return OWNERSHIP_BREACH_BOUND;
    case OWNERSHIP_BAD_ACCEPTED:
        return OWNERSHIP_BREACH_ACCEPTED;
    case OWNERSHIP_OVERLAP:
        return OWNERSHIP_BREACH_OVERLAP;
    case OWNERSHIP_DEAD_RUNS:
        return OWNERSHIP_BREACH_DEAD_RUNS;
    case OWNERSHIP_BAD_UPCALL:
        return OWNERSHIP_BREACH_UPCALL;
    case OWNERSHIP_FINE:
    case OWNERSHIP_BAD_ANSWER:
        break;
    }
    return OWNERSHIP_BREACH_ANSWER;
}

static void report_mistake(struct ownership *ownership, enum ownership_mistake mistake,
                           uint32_t address, int process)
{
    if (mistake != OWNERSHIP_FINE) {
        ownership_report(ownership, breach_of(mistake), address, OWNERSHIP_NOBODY, process);
    }
}

/* ---- lives ---- */

static void end_life(struct ownership *ownership, int process)
{
    struct ownership_guard *guard = &ownership->state.guard[process];
    ownership_map_ended(&ownership->state.map, process);
    guard->settle = true;
    guard->doomed = false;
    guard->left.valid = false;
    guard->left.frame = (struct ownership_range){0};
    ownership->state.epoch++;
}

/* Blocks that others have now are nobody's memory to compare. */
static void drop_shadows(struct ownership *ownership)
{
    struct ownership_state *state = &ownership->state;
    for (size_t i = 0; i < state->map.count; i++) {
        if (state->map.process[i].ram.start == state->map.process[i].ram.end) {
            state->guard[i] = (struct ownership_guard){.open_end = 0};
        }
    }
}

static void begin_life(struct ownership *ownership, int process, const struct cpu_regs *regs)
{
    struct ownership_state *state = &ownership->state;
    struct ownership_guard *guard = &state->guard[process];
    enum ownership_mistake mistake = ownership_map_started(&state->map, process, regs);
    report_mistake(ownership, mistake, regs->r[1], process);
    drop_shadows(ownership);
    *guard = (struct ownership_guard){.open_end = state->map.process[process].ram.start};
    state->epoch++;
    if (mistake == OWNERSHIP_BAD_BOUND) {
        return; /* nothing can be said about such memory */
    }
    guard->open_end = ownership_judge_layout(ownership, process);
    uint32_t start = state->map.process[process].ram.start;
    uint32_t frame = regs->psp - FRAME_BYTES;
    bool within = frame >= start && regs->psp <= guard->open_end;
    ownership_expect_zero(ownership, process, start, within ? frame : guard->open_end);
    ownership_expect_zero(ownership, process, within ? regs->psp : guard->open_end,
                          guard->open_end);
    ownership_shadow(ownership, process);
}

static void go_on(struct ownership *ownership, int process, const struct cpu_regs *regs)
{
    struct ownership_state *state = &ownership->state;
    struct ownership_guard *guard = &state->guard[process];
    struct ownership_call call = state->map.process[process].call;
    guard->doomed = false;
    ownership_judge_registers(ownership, process, regs);
    uint32_t before = state->map.process[process].asked_break;
    report_mistake(ownership, ownership_map_answered(&state->map, process, regs), call.argument[2],
                   process);
    uint32_t reached = guard->open_end;
    guard->open_end = ownership_judge_layout(ownership, process);
    ownership_expect_zero(ownership, process, reached, guard->open_end);
    /* What it wrote between its break and the end of what is open, too. */
    uint32_t now = state->map.process[process].asked_break;
    ownership_expect_zero(ownership, process, before, now < reached ? now : reached);
    ownership_shadow(ownership, process);
}

/* It could not go on, and the kernel has seen that before the core did: it starts again. */
static void end_doomed(struct ownership *ownership, int process, const struct cpu_regs *regs)
{
    const struct ownership_state *state = &ownership->state;
    if (process >= 0 && process < (int)state->map.count && state->guard[process].doomed &&
        regs->pc == state->map.process[process].entry) {
        end_life(ownership, process);
    }
}

/* ---- the machine's observer ---- */

static void judge_rights(struct ownership *ownership, const struct cpu_regs *regs)
{
    struct ownership_answer answer = ownership_of(ownership, regs->pc);
    if (answer.process != OWNERSHIP_NOBODY) {
        ownership_report(ownership, OWNERSHIP_BREACH_PRIVILEGED, regs->pc, OWNERSHIP_NOBODY,
                         answer.process);
    }
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    struct ownership *ownership = context;
    struct ownership_state *state = &ownership->state;
    if (cpu_regs_privileged(regs)) {
        judge_rights(ownership, regs);
        return;
    }
    int process = machine_view_processes(ownership->machine)->current;
    ownership->cost.stays++;
    ownership_compare(ownership, OWNERSHIP_NOBODY, OWNERSHIP_NOBODY);
    state->current = process;
    end_doomed(ownership, process, regs);
    if (process < 0 || process >= (int)state->map.count) {
        ownership_report(ownership, OWNERSHIP_BREACH_DEAD_RUNS, regs->pc, OWNERSHIP_NOBODY,
                         OWNERSHIP_NOBODY);
        state->current = OWNERSHIP_NOBODY;
    } else if (ownership_map_is_start(&state->map, process, regs)) {
        begin_life(ownership, process, regs);
    } else {
        go_on(ownership, process, regs);
    }
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct ownership *ownership = context;
    struct ownership_state *state = &ownership->state;
    if (call->process < 0 || call->process >= (int)state->map.count) {
        return;
    }
    ownership_map_called(&state->map, call->process, call->call_class, call->argument, call->pc);
    if (!state->map.process[call->process].alive) {
        end_life(ownership, call->process);
    }
    state->epoch += call->argument[0] == ABI_DRIVER_IPC;
}

/* A break below its exception frame: from there it cannot go on. */
static bool takes_stack(const struct ownership_process *process,
                        const struct ownership_guard *guard)
{
    const struct ownership_call *call = &process->call;
    if (!call->open || call->call_class != ABI_CLASS_MEMOP) {
        return false;
    }
    bool set = call->argument[0] == ABI_MEMOP_BRK;
    uint32_t wanted = set ? call->argument[1] : process->asked_break + call->argument[1];
    return (set || call->argument[0] == ABI_MEMOP_SBRK) && wanted < guard->left.frame.end;
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct ownership *ownership = context;
    struct ownership_state *state = &ownership->state;
    int left = state->current;
    state->current = OWNERSHIP_NOBODY;
    if (left == OWNERSHIP_NOBODY) {
        return;
    }
    ownership_compare(ownership, left, left);
    ownership_shadow(ownership, left);
    const struct ownership_process *process = &state->map.process[left];
    struct ownership_guard *guard = &state->guard[left];
    if (!process->alive) {
        return;
    }
    if (regs->psp < process->ram.start || regs->psp > process->asked_break - FRAME_BYTES) {
        end_life(ownership, left); /* no frame of its own to go on from: the kernel faults it */
        return;
    }
    ownership_keep_registers(ownership, left, regs, from_pc,
                             exception == EXCEPTION_SVCALL_NUMBER && process->call.open);
    guard->doomed = takes_stack(process, guard);
}

/* A return to a process that its frame does not let run is that process's fault. */
static bool is_of_return(enum fault_kind kind)
{
    return kind == FAULT_MUNSTKERR || kind == FAULT_UNSTKERR || kind == FAULT_INVPC;
}

static int find_by_stack(const struct ownership_map *map, uint32_t psp)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct ownership_range *ram = &map->process[i].ram;
        if (psp >= ram->start && psp < ram->end) {
            return (int)i;
        }
    }
    return OWNERSHIP_NOBODY;
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct ownership *ownership = context;
    struct cpu_regs regs;
    int process = ownership->state.current;
    if (process == OWNERSHIP_NOBODY && is_of_return(fault->kind)) {
        cpu_get_regs(machine_cpu(ownership->machine), &regs);
        process = find_by_stack(&ownership->state.map, regs.psp);
    }
    if (process == OWNERSHIP_NOBODY) {
        size_t place = ownership->state.breach_count;
        ownership_report(ownership, OWNERSHIP_BREACH_KERNEL_FAULT, fault->address, OWNERSHIP_NOBODY,
                         OWNERSHIP_NOBODY);
        if (place < ownership->state.breach_count) {
            ownership->state.breach[place].pc = fault->pc;
        }
    } else {
        end_life(ownership, process);
    }
}

/* The machine's own account goes by the buffer that was named last, this one by what was taken. */
static void on_dma(void *context, const struct machine_dma *dma)
{
    struct ownership *ownership = context;
    struct ownership_answer answer = ownership_of(ownership, dma->address);
    if (answer.buffer == NULL || dma->size_bytes > answer.buffer->range.end - dma->address) {
        ownership_report(ownership, OWNERSHIP_BREACH_DMA, dma->address, OWNERSHIP_NOBODY,
                         dma->process);
    }
}

static void on_reset(void *context, uint32_t reasons)
{
    (void)reasons;
    struct ownership *ownership = context;
    ownership_map_reset(&ownership->state.map);
    memset(ownership->state.guard, 0, sizeof ownership->state.guard);
    ownership->state.current = OWNERSHIP_NOBODY;
    ownership->state.epoch++;
}

/* ---- flash ---- */

/* The kernel's image ends with its last byte that is not erased: what lies between it and the apps
 * may be data that the kernel keeps. */
static void keep_flash(struct ownership *ownership)
{
    const struct ownership_map *map = &ownership->state.map;
    uint32_t end = map->apps_start - map->flash.start;
    while (end > 0 && ownership->flash[end - 1] == ERASED) {
        end--;
    }
    ownership->kernel_bytes = end;
    memcpy(ownership->loaded, ownership->flash, ownership->loaded_bytes);
}

static void check_range(struct ownership *ownership, uint32_t start, uint32_t end, int whose)
{
    uint32_t base = ownership->state.map.flash.start;
    if (memcmp(ownership->flash + (start - base), ownership->loaded + (start - base),
               end - start) == 0) {
        return;
    }
    uint32_t at = start;
    while (ownership->flash[at - base] == ownership->loaded[at - base]) {
        at++;
    }
    ownership_report(ownership, OWNERSHIP_BREACH_FLASH, at, OWNERSHIP_NOBODY, whose);
}

void ownership_check_flash(struct ownership *ownership)
{
    const struct ownership_map *map = &ownership->state.map;
    check_range(ownership, map->flash.start, map->flash.start + ownership->kernel_bytes,
                OWNERSHIP_NOBODY);
    for (size_t i = 0; i < map->count && !map->lives_uncertain; i++) {
        check_range(ownership, map->process[i].flash.start, map->process[i].flash.end, (int)i);
    }
}

/* ---- life of the object ---- */

struct ownership *ownership_create(struct machine *machine, const struct image *kernel,
                                   struct sim_error *error)
{
    const struct board *board = machine_view_board(machine);
    struct ownership *ownership = calloc(1, sizeof *ownership);
    uint8_t *shadow = calloc(1, board->ram.size_bytes);
    uint8_t *loaded = malloc(board->flash.size_bytes);
    struct machine_observer observer = {.resumed = on_resumed,
                                        .called = on_called,
                                        .entered = on_entered,
                                        .faulted = on_faulted,
                                        .dma_trespassed = on_dma,
                                        .reset = on_reset,
                                        .context = ownership};
    if (ownership == NULL || shadow == NULL || loaded == NULL ||
        !machine_observe(machine, &observer)) {
        free(ownership);
        free(shadow);
        free(loaded);
        sim_fail(error, SIM_INTERNAL, "no memory, or too many observers, for the map of owners");
        return NULL;
    }
    *ownership = (struct ownership){.machine = machine,
                                    .ram = machine_view_ram(machine),
                                    .flash = machine_view_flash(machine),
                                    .shadow = shadow,
                                    .loaded = loaded,
                                    .loaded_bytes = board->flash.size_bytes,
                                    .state.current = OWNERSHIP_NOBODY};
    struct ownership_range flash = {board->flash.base, board->flash.base + board->flash.size_bytes};
    struct ownership_range ram = {board->ram.base, board->ram.base + board->ram.size_bytes};
    uint32_t apps = board->apps.size_bytes == 0 ? flash.end : board->apps.base;
    ownership_map_init(&ownership->state.map, machine_view_processes(machine), flash, apps, ram);
    keep_flash(ownership);
    if (kernel != NULL) {
        memcpy(ownership->claimed, kernel->spans, sizeof ownership->claimed);
        ownership->claimed_count = kernel->span_count;
    }
    return ownership;
}

void ownership_destroy(struct ownership *ownership)
{
    if (ownership != NULL) {
        free(ownership->shadow);
        free(ownership->loaded);
        free(ownership);
    }
}

void *ownership_save(const struct ownership *ownership)
{
    struct ownership_state *saved = malloc(sizeof *saved);
    if (saved != NULL) {
        *saved = ownership->state;
    }
    return saved;
}

void ownership_memory_changed(struct ownership *ownership)
{
    for (size_t i = 0; i < ownership->state.map.count; i++) {
        if (ownership->state.guard[i].shadowed) {
            ownership_shadow(ownership, (int)i);
        }
    }
}

void ownership_restore(struct ownership *ownership, const void *saved)
{
    ownership->state = *(const struct ownership_state *)saved;
    ownership_memory_changed(ownership);
}

void ownership_doubt_lives(struct ownership *ownership)
{
    ownership_map_doubt(&ownership->state.map);
}

/* ---- questions ---- */

const struct ownership_map *ownership_map_of(const struct ownership *ownership)
{
    return &ownership->state.map;
}

static const struct ownership_buffer *find_buffer(const struct ownership_process *process,
                                                  uint32_t address)
{
    for (size_t i = 0; i < OWNERSHIP_BUFFERS; i++) {
        const struct ownership_buffer *buffer = &process->buffer[i];
        if (address >= buffer->range.start && address < buffer->range.end) {
            return buffer;
        }
    }
    return NULL;
}

static struct ownership_answer of_process(const struct ownership *ownership, int index,
                                          uint32_t address)
{
    const struct ownership_map *map = &ownership->state.map;
    const struct ownership_process *process = &map->process[index];
    uint32_t end = ownership->state.guard[index].open_end;
    end = end > process->asked_break ? end : process->asked_break;
    struct ownership_answer answer = {.kind = address < end ? OWNERSHIP_APP_MEMORY
                                                            : OWNERSHIP_GRANT_MEMORY,
                                      .process = index,
                                      .buffer = find_buffer(process, address)};
    for (size_t i = 0; i < OWNERSHIP_SHARES; i++) {
        struct ownership_range shared = ownership_map_shared(map, index, i);
        answer.shared |= address >= shared.start && address < shared.end;
    }
    return answer;
}

static bool is_claimed(const struct ownership *ownership, uint32_t address)
{
    for (size_t i = 0; i < ownership->claimed_count; i++) {
        if (address - ownership->claimed[i].address < ownership->claimed[i].size_bytes) {
            return true;
        }
    }
    return false;
}

struct ownership_answer ownership_of(const struct ownership *ownership, uint32_t address)
{
    const struct ownership_map *map = &ownership->state.map;
    for (size_t i = 0; i < map->count; i++) {
        const struct ownership_process *process = &map->process[i];
        if (address >= process->flash.start && address < process->flash.end) {
            return (struct ownership_answer){.kind = OWNERSHIP_APP_FLASH,
                                             .process = (int)i,
                                             .buffer = find_buffer(process, address)};
        }
        if (address >= process->ram.start && address < process->ram.end) {
            return of_process(ownership, (int)i, address);
        }
    }
    enum ownership_kind kind = OWNERSHIP_NO_MEMORY;
    if (address >= map->ram.start && address < map->ram.end) {
        kind = is_claimed(ownership, address) ? OWNERSHIP_KERNEL_RAM : OWNERSHIP_FREE;
    } else if (address >= map->flash.start && address < map->flash.end) {
        kind = address < map->apps_start ? OWNERSHIP_KERNEL_FLASH : OWNERSHIP_FREE;
    }
    return (struct ownership_answer){.kind = kind, .process = OWNERSHIP_NOBODY};
}

const struct ownership_breach *ownership_breaches(const struct ownership *ownership, size_t *count)
{
    *count = ownership->state.breach_count;
    return ownership->state.breach;
}

uint64_t ownership_breach_total(const struct ownership *ownership)
{
    return ownership->state.breach_total;
}

struct ownership_cost ownership_cost(const struct ownership *ownership)
{
    return ownership->cost;
}

static const char *const breach_words[OWNERSHIP_BREACH_KINDS] = {
    [OWNERSHIP_BREACH_APP_WROTE] = "changed memory that is not its own",
    [OWNERSHIP_BREACH_KERNEL_WROTE] = "changed memory that was not lent",
    [OWNERSHIP_BREACH_DEAD_WRITTEN] = "changed memory of a process that has ended",
    [OWNERSHIP_BREACH_FLASH] = "changed code in flash",
    [OWNERSHIP_BREACH_OPEN] = "may touch what is not its own",
    [OWNERSHIP_BREACH_CLOSED] = "may not touch what is its own",
    [OWNERSHIP_BREACH_NOT_ZERO] = "handed out memory that is not zero",
    [OWNERSHIP_BREACH_REGISTERS] = "changed a register",
    [OWNERSHIP_BREACH_DMA] = "moved bytes by DMA that were not lent",
    [OWNERSHIP_BREACH_PRIVILEGED] = "runs code of a process with its own rights",
    [OWNERSHIP_BREACH_KERNEL_FAULT] = "took a fault",
    [OWNERSHIP_BREACH_ANSWER] = "gave an answer that the ABI does not have",
    [OWNERSHIP_BREACH_SWAP] = "gave back another buffer or function than it had",
    [OWNERSHIP_BREACH_BREAK] = "let the break leave its bounds",
    [OWNERSHIP_BREACH_BOUND] = "told wrong bounds of memory",
    [OWNERSHIP_BREACH_ACCEPTED] = "accepted a buffer that is not the caller's memory",
    [OWNERSHIP_BREACH_OVERLAP] = "placed a process over another one",
    [OWNERSHIP_BREACH_DEAD_RUNS] = "let a process go on that has ended",
    [OWNERSHIP_BREACH_UPCALL] = "made an upcall that has no subscription",
};

static const char *name_of(const struct ownership *ownership, int process)
{
    return process == OWNERSHIP_NOBODY
               ? "the kernel"
               : machine_view_processes(ownership->machine)->process[process].name;
}

void ownership_describe(const struct ownership *ownership, const struct ownership_breach *breach,
                        char *text, size_t size)
{
    const char *whose = breach->whose == OWNERSHIP_NOBODY ? "nobody in particular"
                                                          : name_of(ownership, breach->whose);
    char what[16];
    snprintf(what, sizeof what, breach->kind == OWNERSHIP_BREACH_REGISTERS ? "r%u" : "0x%08x",
             breach->address);
    snprintf(text, size, "%s %s: %s, of %s, at pc 0x%08x, cycle %llu",
             name_of(ownership, breach->who), breach_words[breach->kind], what, whose, breach->pc,
             (unsigned long long)breach->cycle);
}
