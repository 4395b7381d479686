#include "sim/faults/inject_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine_view.h"

#define CALLS_MORE    3U    /* of the app, in a window that nobody gave */
#define WINDOW_MS     10U   /* the shortest such */
#define WINDOW_MS_MAX 1000U /* the longest */
#define SLICES        16U   /* of a window: in between the run may be found to be over */
/* A run that makes so many times the undisturbed one's instructions, and some more, is over. */
#define BUSY_TIMES 4U
#define BUSY_MORE  1000000U
#define SVC_BYTES  2U
#define WIDE_FIRST 0xE800U /* the first halfword of an instruction of two is at least this */

/* ---- places ---- */

static uint64_t now_of(const struct inject_stage *stage)
{
    return clock_now(machine_clock(stage->machine));
}

static uint64_t instructions_of(const struct inject_stage *stage)
{
    return cpu_counters(machine_cpu(stage->machine))->instructions;
}

static uint64_t cycles_of_ms(const struct inject_stage *stage, uint64_t ms)
{
    return ms * (machine_clock(stage->machine)->cpu_hz / 1000U);
}

static bool save_place(struct inject_stage *stage, struct place *place, size_t index,
                       struct sim_error *error)
{
    free(place->owners);
    free(place->watch);
    place->owners = ownership_save(stage->ownership);
    place->watch = inject_watch_save(stage->watch);
    place->index = index;
    if (place->owners == NULL || place->watch == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for an experiment");
    }
    return machine_snapshot_save(stage->machine, &place->machine, error);
}

static bool go_to(struct inject_stage *stage, const struct place *place, struct sim_error *error)
{
    if (!machine_snapshot_restore(stage->machine, &place->machine, "the call", error)) {
        return false;
    }
    ownership_restore(stage->ownership, place->owners);
    inject_watch_restore(stage->watch, place->watch);
    fault_plan_restore(stage->plan, stage->no_plan);
    return true;
}

static void free_place(struct place *place)
{
    machine_snapshot_free(&place->machine);
    free(place->owners);
    free(place->watch);
}

/* ---- the call ---- */

static bool is_meant(const struct inject_target *target, const struct machine_syscall *call)
{
    return call->process == target->process && call->call_class == target->call_class &&
           (target->driver == INJECT_ANY || target->driver == call->argument[0]) &&
           (target->number == INJECT_ANY || target->number == call->argument[1]);
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct inject_stage *stage = context;
    if (stage->searching && !stage->found && is_meant(&stage->target, call)) {
        stage->matched++;
        if (stage->matched == stage->target.count) {
            stage->found = true;
            stage->call = *call;
            machine_request_stop(stage->machine);
        }
    }
}

/* Runs to the call, and learns how many instructions that takes. */
static bool find_call(struct inject_stage *stage, uint64_t *instructions, struct sim_error *error)
{
    enum machine_stop stop = MACHINE_STOP_REQUESTED;
    const char *name = machine_view_processes(stage->machine)->process[stage->target.process].name;
    stage->searching = true;
    while (!stage->found && stop == MACHINE_STOP_REQUESTED) {
        stop = machine_run(stage->machine, stage->target.within_cycles);
    }
    stage->searching = false;
    *instructions = instructions_of(stage);
    if (stage->found) {
        return true;
    }
    return inject_is_end_of_time(stop)
               ? sim_fail(error, SIM_WRONG_USE, "%s makes only %llu such calls in the time given",
                          name, (unsigned long long)stage->matched)
               : sim_fail(error, SIM_WRONG_USE, "%s makes only %llu such calls: then %s", name,
                          (unsigned long long)stage->matched, inject_stop_words(stop));
}

/* From the reset again, to the instruction boundary before the call's SVC. */
static bool go_before_call(struct inject_stage *stage, uint64_t instructions,
                           struct sim_error *error)
{
    struct cpu *cpu = machine_cpu(stage->machine);
    uint32_t address = (stage->call.pc & ~1U) - SVC_BYTES;
    enum machine_stop stop = MACHINE_STOP_BREAKPOINT;
    if (!cpu_breakpoint_add(cpu, address)) {
        return sim_fail(error, SIM_INTERNAL, "no breakpoint is left");
    }
    do {
        stop = machine_run(stage->machine, stage->target.within_cycles);
    } while ((stop == MACHINE_STOP_BREAKPOINT || stop == MACHINE_STOP_REQUESTED) &&
             instructions_of(stage) + 1 < instructions);
    (void)cpu_breakpoint_remove(cpu, address);
    return (cpu_pc(cpu) == address && instructions_of(stage) + 1 == instructions) ||
           sim_fail(error, SIM_INTERNAL, "the call at 0x%08x is not made again", (unsigned)address);
}

/* ---- the path ---- */

static bool add_point(struct inject_stage *stage, const struct inject_point *point,
                      struct sim_error *error)
{
    if (stage->count == stage->capacity) {
        size_t capacity = stage->capacity == 0 ? 512 : 2 * stage->capacity;
        struct inject_point *longer = realloc(stage->points, capacity * sizeof *longer);
        if (longer == NULL) {
            return sim_fail(error, SIM_INTERNAL, "no memory for the path of a call");
        }
        stage->points = longer;
        stage->capacity = capacity;
    }
    stage->points[stage->count] = *point;
    stage->count++;
    return true;
}

static struct inject_point point_here(const struct inject_stage *stage)
{
    struct inject_point point = {.pc = cpu_pc(machine_cpu(stage->machine))};
    (void)machine_peek(stage->machine, point.pc, point.code, sizeof point.code);
    uint32_t first = (uint32_t)point.code[0] | (uint32_t)point.code[1] << 8;
    point.size_bytes = first >= WIDE_FIRST ? 4 : 2;
    return point;
}

static bool is_privileged(const struct inject_stage *stage)
{
    struct cpu_regs regs;
    cpu_get_regs(machine_cpu(stage->machine), &regs);
    return cpu_regs_privileged(&regs);
}

/* Whether the app that made the call goes on: not at the call itself. */
static bool goes_on(const struct inject_stage *stage, size_t index)
{
    return index > 0 && !is_privileged(stage) &&
           machine_view_processes(stage->machine)->current == stage->target.process;
}

/* Goes over the next instruction of the path. *stepped: it has run, and *point was it; else the
 * machine has come nearer to it. False: the machine does not go on in time. */
static bool advance(struct inject_stage *stage, size_t index, uint64_t limit, bool *stepped,
                    struct inject_point *point)
{
    *stepped = false;
    if (index > 0 && !is_privileged(stage)) { /* another app's turn */
        inject_watch_stop_at_entry(stage->watch, true);
        enum machine_stop stop = machine_run(stage->machine, limit);
        inject_watch_stop_at_entry(stage->watch, false);
        return stop == MACHINE_STOP_REQUESTED;
    }
    *point = point_here(stage);
    uint64_t before = instructions_of(stage);
    enum machine_stop stop = machine_step(stage->machine, limit);
    *stepped = instructions_of(stage) != before;
    return stop == MACHINE_STOP_STEP || stop == MACHINE_STOP_REQUESTED;
}

static bool record_path(struct inject_stage *stage, struct sim_error *error)
{
    uint64_t limit = now_of(stage) + cycles_of_ms(stage, WINDOW_MS_MAX);
    while (!goes_on(stage, stage->count)) {
        struct inject_point point;
        bool stepped = false;
        if (stage->count == INJECT_POINTS_MAX ||
            !advance(stage, stage->count, limit, &stepped, &point)) {
            stage->cut = true;
            break;
        }
        if (stepped && !add_point(stage, &point, error)) {
            return false;
        }
    }
    return true;
}

/* ---- the undisturbed run ---- */

static bool run_reference_to(struct inject_stage *stage, uint64_t cycle, struct sim_error *error)
{
    enum machine_stop stop = MACHINE_STOP_REQUESTED;
    const struct inject_seen *seen = inject_watch_seen(stage->watch);
    while (stop == MACHINE_STOP_REQUESTED && !seen->panicked) {
        stop = machine_run(stage->machine, cycle);
    }
    if (seen->panicked) {
        return sim_fail(error, SIM_WRONG_USE,
                        "the kernel panics without any fault: nothing can be compared with that");
    }
    return inject_is_end_of_time(stop) ||
           sim_fail(error, SIM_WRONG_USE, "without any fault %s: nothing can be compared with that",
                    inject_stop_words(stop));
}

static bool choose_window(struct inject_stage *stage, struct sim_error *error)
{
    uint64_t slice = cycles_of_ms(stage, WINDOW_MS);
    uint64_t longest = cycles_of_ms(stage, WINDOW_MS_MAX);
    stage->window = stage->target.window_cycles;
    if (stage->window != 0) {
        return run_reference_to(stage, stage->begun + stage->window, error);
    }
    do {
        stage->window += slice;
        if (!run_reference_to(stage, stage->begun + stage->window, error)) {
            return false;
        }
    } while (stage->window < longest &&
             inject_watch_calls(stage->watch, stage->target.process) <= CALLS_MORE);
    return true;
}

static bool run_reference(struct inject_stage *stage, struct sim_error *error)
{
    uint64_t begun = instructions_of(stage);
    inject_watch_begin(stage->watch, true);
    if (!choose_window(stage, error)) {
        return false;
    }
    inject_watch_mark(stage->watch);
    stage->reference = *inject_watch_seen(stage->watch);
    if (!run_reference_to(stage, stage->begun + 2 * stage->window, error)) {
        return false;
    }
    stage->reference.app_faults = inject_watch_seen(stage->watch)->app_faults;
    stage->reference.resets = inject_watch_seen(stage->watch)->resets;
    stage->reference_instructions = instructions_of(stage) - begun;
    (void)ownership_breaches(stage->ownership, &stage->reference_breaches);
    if (!inject_keeps_isolation(stage, error)) {
        return false;
    }
    return inject_watch_is_whole(stage->watch) ||
           sim_fail(error, SIM_WRONG_USE,
                    "too much happens in the time after the call: give a shorter one (--for)");
}

/* ---- its life ---- */

static bool prepare(struct inject_stage *stage, struct sim_error *error)
{
    uint64_t instructions = 0;
    stage->no_plan = fault_plan_save(stage->plan);
    if (stage->no_plan == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for an experiment");
    }
    if (!save_place(stage, &stage->base, 0, error) || !find_call(stage, &instructions, error) ||
        !go_to(stage, &stage->base, error) || !go_before_call(stage, instructions, error)) {
        return false;
    }
    stage->begun = now_of(stage);
    if (!save_place(stage, &stage->base, 0, error) || !run_reference(stage, error) ||
        !go_to(stage, &stage->base, error)) {
        return false;
    }
    inject_watch_begin(stage->watch, false);
    return save_place(stage, &stage->base, 0, error) && record_path(stage, error) &&
           go_to(stage, &stage->base, error) && save_place(stage, &stage->front, 0, error);
}

struct inject_stage *inject_stage_open(struct machine *machine, struct ownership *ownership,
                                       const struct inject_target *target, struct sim_error *error)
{
    struct inject_stage *stage = calloc(1, sizeof *stage);
    const struct machine_observer observer = {.called = on_called, .context = stage};
    if (stage == NULL || !machine_observe(machine, &observer)) {
        free(stage);
        sim_fail(error, SIM_INTERNAL, "no memory, or too many observers, for an experiment");
        return NULL;
    }
    stage->machine = machine;
    stage->ownership = ownership;
    stage->target = *target;
    stage->watch = inject_watch_create(machine, error);
    stage->plan = stage->watch == NULL ? NULL : fault_plan_create(machine, error);
    if (stage->plan == NULL || !prepare(stage, error)) {
        inject_stage_close(stage);
        return NULL;
    }
    return stage;
}

void inject_stage_close(struct inject_stage *stage)
{
    if (stage == NULL) {
        return;
    }
    free_place(&stage->base);
    free_place(&stage->front);
    fault_plan_destroy(stage->plan);
    inject_watch_destroy(stage->watch);
    free(stage->no_plan);
    free(stage->points);
    free(stage);
}

size_t inject_stage_count(const struct inject_stage *stage)
{
    return stage->count;
}

const struct inject_point *inject_stage_point(const struct inject_stage *stage, size_t index)
{
    return &stage->points[index];
}

bool inject_stage_is_cut(const struct inject_stage *stage)
{
    return stage->cut;
}

const struct machine_syscall *inject_stage_call(const struct inject_stage *stage)
{
    return &stage->call;
}

uint64_t inject_stage_window(const struct inject_stage *stage)
{
    return stage->window;
}

uint64_t inject_stage_cycle(const struct inject_stage *stage)
{
    return stage->begun;
}

/* ---- playing ---- */

static bool is_decided(const struct inject_stage *stage)
{
    const struct inject_seen *seen = inject_watch_seen(stage->watch);
    return seen->told || seen->resets > stage->reference.resets ||
           inject_find_breach(stage, true) != NULL;
}

static enum machine_stop run_disturbed(struct inject_stage *stage, bool *busy)
{
    uint64_t most = instructions_of(stage) + BUSY_TIMES * stage->reference_instructions + BUSY_MORE;
    uint64_t slice = stage->window / SLICES + 1;
    uint64_t end = stage->begun + stage->window;
    uint64_t last = end + stage->window;
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    *busy = false;
    while ((inject_is_end_of_time(stop) || stop == MACHINE_STOP_REQUESTED) && !is_decided(stage)) {
        uint64_t now = now_of(stage);
        *busy = instructions_of(stage) > most;
        if (*busy || now >= last || (now >= end && inject_watch_is_complete(stage->watch))) {
            break;
        }
        uint64_t bound = now < end ? end : last;
        stop = fault_plan_run(stage->plan, bound - now > slice ? now + slice : bound);
    }
    if (!is_decided(stage)) {
        ownership_check_flash(stage->ownership);
    }
    return stop;
}

/* The machine before the instruction with this index, undisturbed. */
static bool go_to_point(struct inject_stage *stage, size_t index, struct sim_error *error)
{
    const struct place *from = index >= stage->front.index ? &stage->front : &stage->base;
    size_t at = from->index;
    if (!go_to(stage, from, error)) {
        return false;
    }
    while (at < index) {
        struct inject_point point;
        bool stepped = false;
        if (!advance(stage, at, UINT64_MAX, &stepped, &point)) {
            return sim_fail(error, SIM_INTERNAL, "instruction %zu is not reached again", at);
        }
        at += stepped;
    }
    /* Exceptions and other apps' turns that come before it. */
    while (cpu_pc(machine_cpu(stage->machine)) != stage->points[index].pc ||
           cpu_is_interrupted(machine_cpu(stage->machine)) ||
           (index > 0 && !is_privileged(stage))) {
        struct inject_point point;
        bool stepped = false;
        if (!advance(stage, at, UINT64_MAX, &stepped, &point) || stepped) {
            return sim_fail(error, SIM_INTERNAL, "instruction %zu is not reached again", index);
        }
    }
    return index == from->index || save_place(stage, &stage->front, index, error);
}

bool inject_stage_play(struct inject_stage *stage, size_t index, const struct fault_action *action,
                       struct inject_outcome *outcome, struct sim_error *error)
{
    struct fault_action now = *action;
    size_t number = 0;
    now.point = (struct fault_point){.at = FAULT_AT_CYCLE};
    *outcome = (struct inject_outcome){.verdict = INJECT_NO_EFFECT};
    if (!go_to_point(stage, index, error) || !fault_plan_add(stage->plan, &now, &number, error)) {
        return false;
    }
    bool busy = false;
    enum machine_stop stop = run_disturbed(stage, &busy);
    if (stop == MACHINE_STOP_ENGINE) {
        return sim_fail(error, SIM_INTERNAL, "%s", cpu_error(machine_cpu(stage->machine)));
    }
    inject_judge_run(stage, stop, busy, outcome);
    return true;
}
