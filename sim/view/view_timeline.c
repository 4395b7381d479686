#include "sim/view/view_timeline.h"

#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

#define HALF (VIEW_EVENTS_MAX / 2)

static uint64_t now_cycles(const struct timeline_watch *watch)
{
    return watch->clock->now_cycles;
}

static void append(struct timeline_watch *watch, const struct view_event *event)
{
    struct timeline_half *half = &watch->halves[watch->current];
    half->events[half->count++] = *event;
}

/* How things are, for a reader who has missed what was before. */
static void append_state(struct timeline_watch *watch)
{
    const struct pin *pins = machine_view_pins(watch->sources->machine);
    uint32_t pin_count = machine_view_board(watch->sources->machine)->pin_count;
    struct timeline_half *half = &watch->halves[watch->current];
    size_t first = half->count;
    struct view_event event = {.cycle = now_cycles(watch), .kind = VIEW_EVENT_SYNC};
    append(watch, &event);
    append(watch, &watch->running);
    half->events[half->count - 1].cycle = event.cycle;
    event.kind = VIEW_EVENT_BEGIN;
    event.lane = VIEW_LANE_EXCEPTION;
    for (size_t i = 0; i < watch->active_count; i++) {
        event.index = watch->active[i];
        append(watch, &event);
    }
    event.lane = VIEW_LANE_PIN;
    for (uint32_t i = 0; i < pin_count; i++) {
        if (pins[i].pad.level == WIRE_HIGH) {
            event.index = (uint16_t)i;
            append(watch, &event);
        }
    }
    half->events[first].value[0] = (uint32_t)(half->count - first - 1);
}

/* Two halves take turns: when both are full, the older one is given up. */
static void add(struct timeline_watch *watch, const struct view_event *event)
{
    if (watch->halves[watch->current].count == HALF) {
        watch->current = 1 - watch->current;
        struct timeline_half *half = &watch->halves[watch->current];
        watch->lost += half->count;
        half->count = 0;
        append_state(watch);
    }
    append(watch, event);
}

static void set_running(struct timeline_watch *watch, enum view_lane_kind lane, uint16_t index,
                        const uint32_t *value)
{
    struct view_event *running = &watch->running;
    if (running->lane == lane && running->index == index) {
        return;
    }
    *running = (struct view_event){
        .cycle = now_cycles(watch), .lane = (uint8_t)lane, .index = index, .kind = VIEW_EVENT_RUN};
    if (value != NULL) {
        memcpy(running->value, value, sizeof running->value);
    }
    add(watch, running);
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct timeline_watch *watch = context;
    (void)regs;
    (void)from_pc;
    set_running(watch, VIEW_LANE_KERNEL, 0, NULL);
    if (watch->active_count < TIMELINE_ACTIVE_MAX) {
        watch->active[watch->active_count++] = (uint16_t)exception;
    }
    const struct view_event event = {.cycle = now_cycles(watch),
                                     .lane = VIEW_LANE_EXCEPTION,
                                     .index = (uint16_t)exception,
                                     .kind = VIEW_EVENT_BEGIN};
    add(watch, &event);
}

static void on_returned(void *context, uint32_t exception, const struct cpu_regs *regs)
{
    struct timeline_watch *watch = context;
    (void)regs;
    for (size_t i = watch->active_count; i-- > 0;) {
        if (watch->active[i] == exception) {
            watch->active[i] = watch->active[--watch->active_count];
            break;
        }
    }
    const struct view_event event = {.cycle = now_cycles(watch),
                                     .lane = VIEW_LANE_EXCEPTION,
                                     .index = (uint16_t)exception,
                                     .kind = VIEW_EVENT_END};
    add(watch, &event);
}

/* A process that goes on elsewhere than behind its system call is in an upcall. */
static void note_upcall(struct timeline_watch *watch, int process, const struct cpu_regs *regs)
{
    uint32_t *call_pc = &watch->call_pc[process];
    if (*call_pc != 0 && ((*call_pc ^ regs->pc) & ~1U) != 0) {
        struct view_event event = {.cycle = now_cycles(watch),
                                   .lane = VIEW_LANE_PROCESS,
                                   .index = (uint16_t)process,
                                   .number = regs->pc,
                                   .kind = VIEW_EVENT_UPCALL};
        memcpy(event.value, regs->r, sizeof event.value);
        add(watch, &event);
    }
    *call_pc = 0;
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    struct timeline_watch *watch = context;
    int process = machine_view_processes(watch->sources->machine)->current;
    if (process < 0) {
        set_running(watch, VIEW_LANE_KERNEL, 0, NULL);
        return;
    }
    set_running(watch, VIEW_LANE_PROCESS, (uint16_t)process, regs->r);
    note_upcall(watch, process, regs);
}

static void on_started(void *context, int process)
{
    struct timeline_watch *watch = context;
    const struct view_event event = {.cycle = now_cycles(watch),
                                     .lane = VIEW_LANE_PROCESS,
                                     .index = (uint16_t)process,
                                     .kind = VIEW_EVENT_START};
    watch->call_pc[process] = 0;
    add(watch, &event);
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct timeline_watch *watch = context;
    struct view_event event = {.cycle = now_cycles(watch),
                               .lane = VIEW_LANE_PROCESS,
                               .index = (uint16_t)call->process,
                               .number = call->call_class,
                               .kind = VIEW_EVENT_CALL};
    memcpy(event.value, call->argument, sizeof event.value);
    watch->call_pc[call->process] = call->pc;
    add(watch, &event);
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct timeline_watch *watch = context;
    bool kernel = fault->process < 0;
    const struct view_event event = {
        .cycle = now_cycles(watch),
        .lane = kernel ? VIEW_LANE_KERNEL : VIEW_LANE_PROCESS,
        .index = kernel ? 0 : (uint16_t)fault->process,
        .number = fault->verdict != NULL,
        .value = {fault->address, fault->address_valid, (uint32_t)fault->access, fault->pc},
        .kind = VIEW_EVENT_FAULT};
    add(watch, &event);
}

static void on_slept(void *context, bool asleep)
{
    struct timeline_watch *watch = context;
    int process = machine_view_processes(watch->sources->machine)->current;
    if (asleep) {
        set_running(watch, VIEW_LANE_SLEEP, 0, NULL);
    } else if (process >= 0) {
        set_running(watch, VIEW_LANE_PROCESS, (uint16_t)process, NULL);
    } else {
        set_running(watch, VIEW_LANE_KERNEL, 0, NULL);
    }
}

static void on_pin_changed(void *context, uint32_t pin, bool high)
{
    struct timeline_watch *watch = context;
    const struct view_event event = {.cycle = now_cycles(watch),
                                     .lane = VIEW_LANE_PIN,
                                     .index = (uint16_t)pin,
                                     .kind = high ? VIEW_EVENT_BEGIN : VIEW_EVENT_END};
    add(watch, &event);
}

static void on_reset(void *context, uint32_t reasons)
{
    struct timeline_watch *watch = context;
    const struct view_event event = {.cycle = now_cycles(watch),
                                     .lane = VIEW_LANE_KERNEL,
                                     .value = {reasons},
                                     .kind = VIEW_EVENT_RESET};
    watch->active_count = 0;
    memset(watch->call_pc, 0, sizeof watch->call_pc);
    add(watch, &event);
    set_running(watch, VIEW_LANE_KERNEL, 0, NULL);
}

bool view_timeline_start(struct timeline_watch *watch, const struct view_sources *sources,
                         struct sim_error *error)
{
    const struct machine_observer observer = {.entered = on_entered,
                                              .returned = on_returned,
                                              .resumed = on_resumed,
                                              .started = on_started,
                                              .called = on_called,
                                              .faulted = on_faulted,
                                              .slept = on_slept,
                                              .pin_changed = on_pin_changed,
                                              .reset = on_reset,
                                              .context = watch};
    watch->sources = sources;
    watch->clock = machine_clock(sources->machine);
    watch->running = (struct view_event){.kind = VIEW_EVENT_RUN, .lane = VIEW_LANE_KINDS};
    view_names_fill(&watch->names, sources->machine, &sources->kernel->info);
    on_slept(watch, cpu_is_asleep(machine_cpu(sources->machine)));
    watch->halves[0].count = 0;
    append_state(watch);
    return machine_observe(sources->machine, &observer) ||
           sim_fail(error, SIM_INTERNAL, "the machine has too many observers");
}

static void take_half(struct timeline_half *half, struct view_timeline *timeline)
{
    memcpy(&timeline->events[timeline->count], half->events, half->count * sizeof half->events[0]);
    timeline->count += half->count;
    half->count = 0;
}

void view_timeline_fill(struct timeline_watch *watch, struct view_timeline *timeline)
{
    timeline->count = 0;
    timeline->lost = watch->lost;
    timeline->names = &watch->names;
    take_half(&watch->halves[1 - watch->current], timeline);
    take_half(&watch->halves[watch->current], timeline);
    watch->lost = 0;
}
