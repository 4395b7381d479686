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

/* A new event of now in the half that grows, which has room. */
static struct view_event *append(struct timeline_watch *watch, enum view_event_kind kind,
                                 enum view_lane_kind lane, uint16_t index)
{
    struct timeline_half *half = &watch->halves[watch->current];
    struct view_event *event = &half->events[half->count++];
    *event = (struct view_event){
        .cycle = now_cycles(watch), .index = index, .lane = (uint8_t)lane, .kind = (uint8_t)kind};
    return event;
}

/* How things are, for a reader who has missed what was before. */
static void append_state(struct timeline_watch *watch)
{
    const struct pin *pins = machine_view_pins(watch->sources->machine);
    uint32_t pin_count = machine_view_board(watch->sources->machine)->pin_count;
    const struct timeline_half *half = &watch->halves[watch->current];
    struct view_event *sync = append(watch, VIEW_EVENT_SYNC, VIEW_LANE_KERNEL, 0);
    size_t first = half->count;
    append(watch, VIEW_EVENT_RUN, watch->running, watch->running_index);
    for (size_t i = 0; i < watch->active_count; i++) {
        append(watch, VIEW_EVENT_BEGIN, VIEW_LANE_EXCEPTION, watch->active[i]);
    }
    for (uint32_t i = 0; i < pin_count; i++) {
        if (pins[i].pad.level == WIRE_HIGH) {
            append(watch, VIEW_EVENT_BEGIN, VIEW_LANE_PIN, (uint16_t)i);
        }
    }
    sync->value[0] = (uint32_t)(half->count - first);
}

/* Two halves take turns: when both are full, the older one is given up. */
static void take_other_half(struct timeline_watch *watch)
{
    watch->current = 1 - watch->current;
    struct timeline_half *half = &watch->halves[watch->current];
    watch->lost += half->count;
    half->count = 0;
    append_state(watch);
}

static struct view_event *add(struct timeline_watch *watch, enum view_event_kind kind,
                              enum view_lane_kind lane, uint16_t index)
{
    if (watch->halves[watch->current].count == HALF) {
        take_other_half(watch);
    }
    return append(watch, kind, lane, index);
}

/* `value`: r0-r3, or NULL. */
static void set_running(struct timeline_watch *watch, enum view_lane_kind lane, uint16_t index,
                        const uint32_t *value)
{
    if (watch->running == lane && watch->running_index == index) {
        return;
    }
    watch->running = lane;
    watch->running_index = index;
    struct view_event *event = add(watch, VIEW_EVENT_RUN, lane, index);
    if (value != NULL) {
        memcpy(event->value, value, sizeof event->value);
    }
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct timeline_watch *watch = context;
    (void)regs;
    (void)from_pc;
    set_running(watch, VIEW_LANE_KERNEL, 0, NULL);
    add(watch, VIEW_EVENT_BEGIN, VIEW_LANE_EXCEPTION, (uint16_t)exception);
    if (watch->active_count < TIMELINE_ACTIVE_MAX) {
        watch->active[watch->active_count++] = (uint16_t)exception;
    }
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
    add(watch, VIEW_EVENT_END, VIEW_LANE_EXCEPTION, (uint16_t)exception);
}

/* A process that goes on elsewhere than behind its system call is in an upcall. */
static void note_upcall(struct timeline_watch *watch, int process, const struct cpu_regs *regs)
{
    uint32_t *call_pc = &watch->call_pc[process];
    if (*call_pc != 0 && ((*call_pc ^ regs->pc) & ~1U) != 0) {
        struct view_event *event =
            add(watch, VIEW_EVENT_UPCALL, VIEW_LANE_PROCESS, (uint16_t)process);
        event->number = regs->pc;
        memcpy(event->value, regs->r, sizeof event->value);
    }
    *call_pc = 0;
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    struct timeline_watch *watch = context;
    int process = watch->processes->current;
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
    watch->call_pc[process] = 0;
    add(watch, VIEW_EVENT_START, VIEW_LANE_PROCESS, (uint16_t)process);
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct timeline_watch *watch = context;
    struct view_event *event =
        add(watch, VIEW_EVENT_CALL, VIEW_LANE_PROCESS, (uint16_t)call->process);
    event->number = call->call_class;
    memcpy(event->value, call->argument, sizeof event->value);
    watch->call_pc[call->process] = call->pc;
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct timeline_watch *watch = context;
    bool kernel = fault->process < 0;
    struct view_event *event =
        add(watch, VIEW_EVENT_FAULT, kernel ? VIEW_LANE_KERNEL : VIEW_LANE_PROCESS,
            kernel ? 0 : (uint16_t)fault->process);
    event->number = fault->verdict != NULL;
    event->value[0] = fault->address;
    event->value[1] = fault->address_valid;
    event->value[2] = (uint32_t)fault->access;
    event->value[3] = fault->pc;
}

static void on_slept(void *context, bool asleep)
{
    struct timeline_watch *watch = context;
    int process = watch->processes->current;
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
    add(watch, high ? VIEW_EVENT_BEGIN : VIEW_EVENT_END, VIEW_LANE_PIN, (uint16_t)pin);
}

static void on_reset(void *context, uint32_t reasons)
{
    struct timeline_watch *watch = context;
    watch->active_count = 0;
    memset(watch->call_pc, 0, sizeof watch->call_pc);
    add(watch, VIEW_EVENT_RESET, VIEW_LANE_KERNEL, 0)->value[0] = reasons;
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
    watch->processes = machine_view_processes(sources->machine);
    watch->running = VIEW_LANE_KINDS;
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
