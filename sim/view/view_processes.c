#include "sim/view/view_processes.h"

#include <stdio.h>
#include <string.h>

#include "kernel/abi/syscall.h"
#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

#define EXCEPTION_FIRST_INTERRUPT                                                                  \
    15U /* SysTick; below are faults, SVC, PendSV: the kernel's work */

_Static_assert(VIEW_PROCESSES_MAX == PROCESS_WATCH_MAX, "the same indices");

const char *view_class_name(uint32_t call_class)
{
    static const char *const names[VIEW_CLASSES] = {
        [ABI_CLASS_YIELD] = "yield",
        [ABI_CLASS_SUBSCRIBE] = "subscribe",
        [ABI_CLASS_COMMAND] = "command",
        [ABI_CLASS_ALLOW_READ_WRITE] = "allow read-write",
        [ABI_CLASS_ALLOW_READ_ONLY] = "allow read-only",
        [ABI_CLASS_MEMOP] = "memop",
        [ABI_CLASS_EXIT] = "exit",
        [ABI_CLASS_ALLOW_USER_READABLE] = "allow user-readable",
    };
    return call_class < VIEW_CLASSES ? names[call_class] : "?";
}

/* ---- names of grants ---- */

/* The variable of a grant is called alarm_grant. */
static void read_grant_name(struct processes_watch *watch, uint32_t index, uint32_t address)
{
    static const char suffix[] = "_grant";
    const struct symbol_map_entry *entry = symbol_map_find(watch->sources->symbols, address);
    const char *name = NULL;
    if (entry == NULL ||
        !symbols_find_object(entry->symbols, address - entry->run_base + entry->link_base, &name)) {
        return;
    }
    size_t length = strlen(name);
    size_t cut = sizeof suffix - 1;
    if (length > cut && strcmp(name + length - cut, suffix) == 0) {
        length -= cut;
    }
    snprintf(watch->grant_name[index], VIEW_SPAN_LABEL, "%.*s", (int)length, name);
}

static void read_grant_names(struct processes_watch *watch)
{
    uint32_t address = 0;
    for (uint32_t i = 0; watch->sources->symbols != NULL && i < KERNEL_VIEW_GRANTS_MAX &&
                         kernel_view_grant(watch->sources->kernel, i, &address);
         i++) {
        read_grant_name(watch, i, address);
    }
}

void view_processes_grant_name(const struct processes_watch *watch, uint32_t index,
                               char label[VIEW_SPAN_LABEL])
{
    if (index < KERNEL_VIEW_GRANTS_MAX && watch->grant_name[index][0] != '\0') {
        snprintf(label, VIEW_SPAN_LABEL, "%s", watch->grant_name[index]);
    } else {
        snprintf(label, VIEW_SPAN_LABEL, "grant %u", index);
    }
}

bool view_processes_find_record(const struct view_sources *sources, uint32_t flash_start,
                                struct kernel_view_process *record)
{
    for (uint32_t slot = 0; slot < kernel_view_slots(sources->kernel); slot++) {
        if (kernel_view_process(sources->kernel, slot, record) &&
            record->flash_start == flash_start) {
            return true;
        }
    }
    return false;
}

/* ---- what is observed ---- */

static const struct process_watch *watched(const struct processes_watch *watch)
{
    return machine_view_processes(watch->sources->machine);
}

static uint64_t now_of(const struct processes_watch *watch)
{
    return clock_now(machine_clock(watch->sources->machine));
}

static unsigned lane_of_exception(uint32_t exception)
{
    bool interrupt = exception >= EXCEPTION_FIRST_INTERRUPT || exception == EXCEPTION_NMI;
    return interrupt ? VIEW_LOAD_INTERRUPTS : VIEW_LOAD_KERNEL;
}

/* Who has the CPU with these registers. */
static unsigned lane_of(const struct processes_watch *watch, const struct cpu_regs *regs)
{
    int process = watched(watch)->current;
    if (cpu_regs_ipsr(regs) != 0) {
        return lane_of_exception(cpu_regs_ipsr(regs));
    }
    return process == PROCESS_NONE ? VIEW_LOAD_KERNEL : (unsigned)process;
}

/* The machine is where nobody saw it go (at first, or restored). */
static void start_load(struct processes_watch *watch)
{
    struct cpu *cpu = machine_cpu(watch->sources->machine);
    struct cpu_regs regs;
    cpu_get_regs(cpu, &regs);
    view_load_start(&watch->load, machine_clock(watch->sources->machine)->cpu_hz, now_of(watch),
                    cpu_is_asleep(cpu) ? VIEW_LOAD_SLEEP : lane_of(watch, &regs));
    memset(watch->seen, 0, sizeof watch->seen);
}

static void switch_lane(struct processes_watch *watch, unsigned lane)
{
    if (now_of(watch) < watch->load.now_cycle) {
        start_load(watch);
    }
    view_load_switch(&watch->load, now_of(watch), lane);
}

static void see_stack(struct processes_watch *watch, int process, uint32_t stack_pointer)
{
    const struct watched_process *owner = &watched(watch)->process[process];
    struct process_seen *seen = &watch->seen[process];
    if (stack_pointer - owner->ram_base > owner->ram_bytes) {
        return;
    }
    seen->stack_pointer = stack_pointer;
    if (seen->lowest == 0 || stack_pointer < seen->lowest) {
        seen->lowest = stack_pointer;
    }
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct processes_watch *watch = context;
    unsigned left = watch->load.lane;
    (void)from_pc;
    if (left < VIEW_PROCESSES_MAX) {
        see_stack(watch, (int)left, regs->psp);
    }
    switch_lane(watch, lane_of_exception(exception));
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    struct processes_watch *watch = context;
    unsigned lane = lane_of(watch, regs);
    switch_lane(watch, lane);
    if (lane < VIEW_PROCESSES_MAX) {
        see_stack(watch, (int)lane, regs->psp);
        watch->seen[lane].faulted = false;
    }
}

static void on_started(void *context, int process)
{
    struct processes_watch *watch = context;
    watch->seen[process] = (struct process_seen){.stack_pointer = 0};
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct processes_watch *watch = context;
    struct process_seen *seen = &watch->seen[call->process];
    switch_lane(watch, watch->load.lane);
    view_load_call(&watch->load, call->process);
    if (call->call_class == ABI_CLASS_MEMOP && call->argument[0] == ABI_MEMOP_TELL_STACK_TOP) {
        seen->stack_top = call->argument[1];
        seen->lowest = 0; /* until now it had no stack of its own */
    } else if (call->call_class == ABI_CLASS_MEMOP &&
               call->argument[0] == ABI_MEMOP_TELL_HEAP_START) {
        seen->heap_start = call->argument[1];
    }
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct processes_watch *watch = context;
    view_hits_take(watch, fault);
    if (fault->process != MACHINE_NO_PROCESS) {
        watch->seen[fault->process].faulted = true;
    }
}

static void on_slept(void *context, bool asleep)
{
    struct processes_watch *watch = context;
    struct cpu_regs regs;
    cpu_get_regs(machine_cpu(watch->sources->machine), &regs);
    switch_lane(watch, asleep ? VIEW_LOAD_SLEEP : lane_of(watch, &regs));
}

static void on_reset(void *context, uint32_t reasons)
{
    struct processes_watch *watch = context;
    (void)reasons;
    switch_lane(watch, VIEW_LOAD_KERNEL);
    memset(watch->seen, 0, sizeof watch->seen);
}

bool view_processes_start(struct processes_watch *watch, const struct view_sources *sources,
                          struct sim_error *error)
{
    watch->sources = sources;
    read_grant_names(watch);
    start_load(watch);
    const struct machine_observer observer = {.entered = on_entered,
                                              .resumed = on_resumed,
                                              .started = on_started,
                                              .called = on_called,
                                              .faulted = on_faulted,
                                              .slept = on_slept,
                                              .reset = on_reset,
                                              .context = watch};
    return machine_observe(sources->machine, &observer) ||
           sim_fail(error, SIM_INTERNAL, "the machine has too many observers");
}

/* ---- one process ---- */

static void take_upcalls(const struct processes_watch *watch,
                         const struct kernel_view_process *record, struct view_process *process)
{
    struct kernel_view_upcall upcalls[KERNEL_VIEW_UPCALLS_MAX];
    size_t count = kernel_view_upcalls(watch->sources->kernel, record, upcalls);
    process->upcalls_waiting = (uint32_t)count;
    for (size_t i = 0; i < count && i < VIEW_UPCALLS_MAX; i++) {
        view_processes_grant_name(watch, upcalls[i].grant, process->upcalls[i].driver);
        process->upcalls[i].number = upcalls[i].number;
    }
}

static void take_record(const struct processes_watch *watch,
                        const struct kernel_view_process *record, struct view_process *process)
{
    process->record_sane = true;
    process->slot = record->slot;
    process->ram_start = record->ram_start;
    process->ram_bytes = record->ram_end - record->ram_start;
    process->app_break = record->app_break;
    process->stack_top = record->stack_top;
    process->restarts = record->restarts;
    process->completion_code = record->completion_code;
    process->upcalls_dropped = record->upcalls_dropped;
    if (process->stack_pointer == 0) {
        process->stack_pointer = record->stack_pointer;
    }
    snprintf(process->state, sizeof process->state, "%s",
             kernel_view_state_name(watch->sources->kernel, record->state));
    take_upcalls(watch, record, process);
}

/* RAM that the chip does not have is not the process's, whatever its registers said. */
static void take_observed_ram(const struct processes_watch *watch,
                              const struct watched_process *from, struct view_process *process)
{
    const struct board_memory *ram = &machine_view_board(watch->sources->machine)->ram;
    uint32_t at = from->ram_base - ram->base;
    if (from->ram_bytes != 0 && at < ram->size_bytes && from->ram_bytes <= ram->size_bytes - at) {
        process->ram_start = from->ram_base;
        process->ram_bytes = from->ram_bytes;
    }
}

static const char *observed_state(const struct processes_watch *watch, size_t index)
{
    if (watched(watch)->current == (int)index) {
        return "Running";
    }
    if (watch->seen[index].faulted) {
        return "Faulted";
    }
    return watched(watch)->process[index].ram_bytes == 0 ? "Not started" : "Started";
}

static void take_calls(const struct process_watch *all, size_t index, struct view_process *process)
{
    const struct watched_process *from = &all->process[index];
    process->calls = from->bad_calls;
    for (size_t i = 0; i < VIEW_CLASSES; i++) {
        process->calls_of_class[i] = from->calls[i];
        process->calls += from->calls[i];
    }
    process->last_call.known = process->calls != 0;
    process->last_call.call_class = all->call[index].call_class;
    memcpy(process->last_call.argument, all->call[index].argument,
           sizeof process->last_call.argument);
}

static void fill_process(const struct processes_watch *watch, size_t index,
                         struct view_process *process)
{
    const struct process_watch *all = watched(watch);
    const struct watched_process *from = &all->process[index];
    const struct process_seen *seen = &watch->seen[index];
    struct kernel_view_process record;
    *process = (struct view_process){.slot = UINT32_MAX,
                                     .starts = from->starts,
                                     .restarts = from->starts > 0 ? from->starts - 1 : 0,
                                     .faults = from->faults,
                                     .running = all->current == (int)index,
                                     .flash_start = from->flash_base,
                                     .flash_bytes = from->flash_bytes,
                                     .stack_pointer = seen->stack_pointer,
                                     .stack_top = seen->stack_top,
                                     .mpu_known = from->entries != 0,
                                     .mpu = from->mpu};
    snprintf(process->name, sizeof process->name, "%s", from->name);
    snprintf(process->state, sizeof process->state, "%s", observed_state(watch, index));
    take_calls(all, index, process);
    bool known = view_processes_find_record(watch->sources, from->flash_base, &record);
    if (known) {
        take_record(watch, &record, process);
    } else {
        take_observed_ram(watch, from, process);
    }
    view_spans_of_process(watch, process, (int)index, known ? &record : NULL, seen);
}

/* ---- the frame ---- */

static bool is_watched(const struct processes_watch *watch, uint32_t flash_start)
{
    const struct process_watch *all = watched(watch);
    for (size_t i = 0; i < all->count; i++) {
        if (all->process[i].flash_base == flash_start) {
            return true;
        }
    }
    return false;
}

/* Processes that the kernel has and nobody loaded: installed while it ran. */
static void add_unwatched(const struct processes_watch *watch, struct view_processes *processes)
{
    const struct view_sources *sources = watch->sources;
    struct kernel_view_process record;
    for (uint32_t slot = 0; slot < kernel_view_slots(sources->kernel); slot++) {
        if (processes->count == VIEW_PROCESSES_MAX ||
            !kernel_view_process(sources->kernel, slot, &record) ||
            is_watched(watch, record.flash_start)) {
            continue;
        }
        struct view_process *process = &processes->processes[processes->count];
        *process = (struct view_process){.flash_start = record.flash_start,
                                         .flash_bytes = record.flash_bytes};
        snprintf(process->name, sizeof process->name, "%s", record.name);
        take_record(watch, &record, process);
        view_spans_of_process(watch, process, (int)processes->count, &record, NULL);
        processes->count++;
    }
}

static void fill_load(struct processes_watch *watch, struct view_processes *processes)
{
    uint16_t shares[VIEW_LOAD_LANES];
    uint32_t calls[VIEW_PROCESSES_MAX];
    if (now_of(watch) < watch->load.now_cycle) {
        start_load(watch); /* it goes on from here, whoever it was before */
    }
    switch_lane(watch, watch->load.lane);
    view_load_shares(&watch->load, shares);
    processes->calls_per_second = view_load_calls(&watch->load, calls);
    processes->kernel_permille = shares[VIEW_LOAD_KERNEL];
    processes->interrupts_permille = shares[VIEW_LOAD_INTERRUPTS];
    processes->sleep_permille = shares[VIEW_LOAD_SLEEP];
    for (size_t i = 0; i < processes->count; i++) {
        processes->processes[i].cpu_permille = shares[i];
        processes->processes[i].calls_per_second = calls[i];
    }
}

void view_processes_fill(struct processes_watch *watch, struct view_processes *processes)
{
    struct machine *machine = watch->sources->machine;
    const struct board *board = machine_view_board(machine);
    processes->ram_base = board->ram.base;
    processes->ram_bytes = board->ram.size_bytes;
    processes->flash_base = board->flash.base;
    processes->flash_bytes = board->flash.size_bytes;
    processes->kernel_known = kernel_view_is_known(watch->sources->kernel);
    processes->mpu = cpu_core(machine_cpu(machine))->mpu;
    processes->count = watched(watch)->count;
    processes->running = watched(watch)->current;
    for (size_t i = 0; i < processes->count; i++) {
        fill_process(watch, i, &processes->processes[i]);
    }
    add_unwatched(watch, processes);
    fill_load(watch, processes);
    view_spans_of_all(watch, processes);
    view_hits_fill(watch, processes);
}
