#include "sim/faults/fault_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/faults/fault_model_internal.h"
#include "sim/faults/ownership.h"
#include "sim/machine/machine_view.h"

/* So many instructions before the last one the plan begins to step. An instruction may take no
 * cycle of its own (IT), but no two in a row: in a third of the cycles no more can have run than
 * are left. */
#define STEPPED_INSTRUCTIONS 12U
#define CYCLE_SHARE          3U

struct planned {
    struct fault_action action; /* its name is: */
    char name[FAULT_NAME_BYTES];
    struct fault_effect effect;
    uint64_t seen;   /* executions, calls, entries so far */
    bool reached;    /* its point, but for the instructions after it */
    bool counting;   /* `target` is known */
    uint64_t target; /* the core's count of instructions at which it happens */
};

/* All that changes. */
struct fault_plan_state {
    size_t count;
    struct planned planned[FAULT_ACTIONS_MAX];
    /* The last breakpoint of ours, and when: the same boundary is not met twice. */
    uint32_t hit_address;
    uint64_t hit_instructions, hit_exceptions;
    bool hit;
};

struct fault_plan {
    struct machine *machine;
    struct ownership *ownership; /* NULL: nobody watches */
    enum machine_stop (*step)(void *context, uint64_t cycle);
    void *step_context;
    struct fault_plan_state state;
};

/* ---- points in the run ---- */

static bool waits_for(const struct planned *planned, enum fault_at at)
{
    return planned->effect.progress == FAULT_WAITS && !planned->reached &&
           planned->action.point.at == at;
}

static void see(struct planned *planned)
{
    planned->seen++;
    planned->reached = planned->seen >= planned->action.point.count;
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct fault_plan *plan = context;
    for (size_t i = 0; i < plan->state.count; i++) {
        struct planned *planned = &plan->state.planned[i];
        const struct fault_point *point = &planned->action.point;
        if (waits_for(planned, FAULT_AT_CALL) &&
            (point->process == FAULT_ANY_PROCESS || point->process == call->process) &&
            (point->number == FAULT_ANY_NUMBER || point->number == call->call_class)) {
            see(planned);
            if (planned->reached) {
                machine_request_stop(plan->machine);
            }
        }
    }
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct fault_plan *plan = context;
    (void)regs;
    (void)from_pc;
    for (size_t i = 0; i < plan->state.count; i++) {
        struct planned *planned = &plan->state.planned[i];
        const struct fault_point *point = &planned->action.point;
        if (waits_for(planned, FAULT_AT_EXCEPTION) &&
            (point->number == FAULT_ANY_NUMBER || point->number == exception)) {
            see(planned);
            if (planned->reached) {
                machine_request_stop(plan->machine);
            }
        }
    }
}

/* ---- breakpoints ---- */

static bool wants_breakpoint(const struct fault_plan *plan, uint32_t address)
{
    for (size_t i = 0; i < plan->state.count; i++) {
        const struct planned *planned = &plan->state.planned[i];
        if (waits_for(planned, FAULT_AT_ADDRESS) && planned->action.point.address == address) {
            return true;
        }
    }
    return false;
}

/* The machine stands before the instruction at its PC. True: actions wait, or waited, there. What
 * an interrupt comes before is not executed yet, and will be met again. */
static bool take_address(struct fault_plan *plan)
{
    struct fault_plan_state *state = &plan->state;
    const struct cpu *cpu = machine_cpu(plan->machine);
    const struct cpu_counters *counters = cpu_counters(cpu);
    uint32_t pc = cpu_pc(cpu);
    if (state->hit && state->hit_address == pc &&
        state->hit_instructions == counters->instructions &&
        state->hit_exceptions == counters->exceptions) {
        return true;
    }
    if (!wants_breakpoint(plan, pc)) {
        return false;
    }
    if (cpu_is_interrupted(cpu)) {
        return true;
    }
    state->hit = true;
    state->hit_address = pc;
    state->hit_instructions = counters->instructions;
    state->hit_exceptions = counters->exceptions;
    for (size_t i = 0; i < state->count; i++) {
        struct planned *planned = &state->planned[i];
        if (waits_for(planned, FAULT_AT_ADDRESS) && planned->action.point.address == pc) {
            see(planned);
        }
    }
    if (!wants_breakpoint(plan, pc)) {
        (void)cpu_breakpoint_remove(machine_cpu(plan->machine), pc);
    }
    return true;
}

/* ---- running ---- */

static uint64_t instructions_of(const struct fault_plan *plan)
{
    return cpu_counters(machine_cpu(plan->machine))->instructions;
}

static bool is_open(const struct planned *planned)
{
    return planned->effect.progress == FAULT_WAITS;
}

/* Instructions until the next action of those that count; UINT64_MAX: none does. */
static uint64_t instructions_left(const struct fault_plan *plan)
{
    uint64_t least = UINT64_MAX;
    uint64_t now = instructions_of(plan);
    for (size_t i = 0; i < plan->state.count; i++) {
        const struct planned *planned = &plan->state.planned[i];
        if (is_open(planned) && planned->counting) {
            uint64_t left = planned->target > now ? planned->target - now : 0;
            least = left < least ? left : least;
        }
    }
    return least;
}

uint64_t fault_plan_limit(const struct fault_plan *plan, uint64_t cycle)
{
    uint64_t now = clock_now(machine_clock(plan->machine));
    uint64_t left = instructions_left(plan);
    uint64_t limit = cycle;
    for (size_t i = 0; i < plan->state.count; i++) {
        const struct planned *planned = &plan->state.planned[i];
        if (waits_for(planned, FAULT_AT_CYCLE) && planned->action.point.cycle < limit) {
            limit = planned->action.point.cycle;
        }
    }
    if (left != UINT64_MAX && left / CYCLE_SHARE < limit - (limit < now ? limit : now)) {
        limit = now + left / CYCLE_SHARE;
    }
    return limit;
}

/* Does what is due at this boundary. */
static void act(struct fault_plan *plan)
{
    struct fault_plan_state *state = &plan->state;
    uint64_t now = clock_now(machine_clock(plan->machine));
    for (size_t i = 0; i < state->count; i++) {
        struct planned *planned = &state->planned[i];
        if (!is_open(planned)) {
            continue;
        }
        if (waits_for(planned, FAULT_AT_CYCLE) && planned->action.point.cycle <= now) {
            planned->reached = true;
        }
        if (planned->reached && !planned->counting) {
            planned->counting = true;
            planned->target = instructions_of(plan) + planned->action.point.instructions;
        }
        if (planned->counting && instructions_of(plan) >= planned->target) {
            fault_effect_apply(plan->machine, &planned->action, &planned->effect);
            if (plan->ownership != NULL && planned->action.kind == FAULT_ACTION_RAM_FLIP) {
                ownership_memory_changed(plan->ownership);
            }
        }
    }
}

/* The machine has reached the caller's limit, and the plan has nothing to do there. */
static bool is_over(const struct fault_plan *plan, uint64_t cycle)
{
    return clock_now(machine_clock(plan->machine)) >= cycle;
}

/* The reasons after which a machine that has time left only has to be run on. */
static bool is_end_of_time(enum machine_stop stop)
{
    return stop == MACHINE_STOP_LIMIT || stop == MACHINE_STOP_STEP || stop == MACHINE_STOP_IDLE ||
           stop == MACHINE_STOP_OFF;
}

static bool must_step(const struct fault_plan *plan, uint64_t cycle)
{
    return instructions_left(plan) <= STEPPED_INSTRUCTIONS && !is_over(plan, cycle);
}

bool fault_plan_settle(struct fault_plan *plan, uint64_t cycle, enum machine_stop *stop)
{
    bool good = *stop == MACHINE_STOP_BREAKPOINT
                    ? take_address(plan)
                    : is_end_of_time(*stop) || *stop == MACHINE_STOP_REQUESTED;
    bool asked = *stop == MACHINE_STOP_REQUESTED;
    if (*stop == MACHINE_STOP_STEP) {
        (void)take_address(plan);
    }
    act(plan);
    while (good && must_step(plan, cycle)) {
        *stop = plan->step(plan->step_context, cycle);
        good = is_end_of_time(*stop) || *stop == MACHINE_STOP_REQUESTED;
        asked |= *stop == MACHINE_STOP_REQUESTED;
        if (*stop == MACHINE_STOP_STEP) {
            (void)take_address(plan);
        }
        act(plan);
    }
    if (good && asked) {
        *stop = MACHINE_STOP_REQUESTED; /* perhaps by somebody else as well */
        return false;
    }
    if (good && is_over(plan, cycle)) {
        *stop =
            *stop == MACHINE_STOP_IDLE || *stop == MACHINE_STOP_OFF ? *stop : MACHINE_STOP_LIMIT;
        return false;
    }
    return good;
}

enum machine_stop fault_plan_run(struct fault_plan *plan, uint64_t cycle)
{
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    if (!fault_plan_settle(plan, cycle, &stop)) { /* what is due before anything runs */
        return stop;
    }
    do {
        stop = machine_run(plan->machine, fault_plan_limit(plan, cycle));
    } while (fault_plan_settle(plan, cycle, &stop));
    return stop;
}

/* ---- the plan ---- */

struct fault_plan *fault_plan_create(struct machine *machine, struct sim_error *error)
{
    struct fault_plan *plan = calloc(1, sizeof *plan);
    const struct machine_observer observer = {
        .called = on_called, .entered = on_entered, .context = plan};
    if (plan == NULL || !machine_observe(machine, &observer)) {
        free(plan);
        sim_fail(error, SIM_INTERNAL, "no memory, or too many observers, for a plan of faults");
        return NULL;
    }
    plan->machine = machine;
    fault_plan_set_step(plan, NULL, NULL);
    return plan;
}

static enum machine_stop step_alone(void *machine, uint64_t cycle)
{
    return machine_step(machine, cycle);
}

void fault_plan_set_step(struct fault_plan *plan,
                         enum machine_stop (*step)(void *context, uint64_t cycle), void *context)
{
    plan->step = step == NULL ? step_alone : step;
    plan->step_context = step == NULL ? plan->machine : context;
}

void fault_plan_set_ownership(struct fault_plan *plan, struct ownership *ownership)
{
    plan->ownership = ownership;
}

void fault_plan_destroy(struct fault_plan *plan)
{
    free(plan);
}

static bool check_point(const struct fault_point *point, struct sim_error *error)
{
    if (point->at != FAULT_AT_CYCLE && point->count == 0) {
        return sim_fail(error, SIM_WRONG_USE, "executions and calls are counted from 1, not 0");
    }
    return point->at != FAULT_AT_ADDRESS || point->address % 2 == 0 ||
           sim_fail(error, SIM_WRONG_USE,
                    "0x%08x is odd: give the address of the instruction itself",
                    (unsigned)point->address);
}

bool fault_plan_add(struct fault_plan *plan, const struct fault_action *action, size_t *index,
                    struct sim_error *error)
{
    struct fault_plan_state *state = &plan->state;
    if (state->count == FAULT_ACTIONS_MAX) {
        return sim_fail(error, SIM_WRONG_USE, "a machine takes at most %d faults",
                        FAULT_ACTIONS_MAX);
    }
    if (!check_point(&action->point, error) ||
        !fault_effect_check(machine_view_board(plan->machine), action, error)) {
        return false;
    }
    if (action->point.at == FAULT_AT_ADDRESS &&
        !cpu_breakpoint_add(machine_cpu(plan->machine), action->point.address)) {
        return sim_fail(error, SIM_WRONG_USE, "there is no breakpoint left for a fault at 0x%08x",
                        (unsigned)action->point.address);
    }
    struct planned *planned = &state->planned[state->count];
    *planned = (struct planned){.action = *action};
    snprintf(planned->name, sizeof planned->name, "%s", action->name != NULL ? action->name : "");
    planned->action.name = planned->name;
    if (index != NULL) {
        *index = state->count;
    }
    state->count++;
    return true;
}

size_t fault_plan_count(const struct fault_plan *plan)
{
    return plan->state.count;
}

const struct fault_effect *fault_plan_effect(const struct fault_plan *plan, size_t index)
{
    return &plan->state.planned[index].effect;
}

void *fault_plan_save(const struct fault_plan *plan)
{
    struct fault_plan_state *saved = malloc(sizeof *saved);
    if (saved != NULL) {
        *saved = plan->state;
    }
    return saved;
}

void fault_plan_restore(struct fault_plan *plan, const void *saved)
{
    struct cpu *cpu = machine_cpu(plan->machine);
    for (size_t i = 0; i < plan->state.count; i++) {
        if (waits_for(&plan->state.planned[i], FAULT_AT_ADDRESS)) {
            (void)cpu_breakpoint_remove(cpu, plan->state.planned[i].action.point.address);
        }
    }
    plan->state = *(const struct fault_plan_state *)saved;
    for (size_t i = 0; i < plan->state.count; i++) {
        if (waits_for(&plan->state.planned[i], FAULT_AT_ADDRESS)) {
            (void)cpu_breakpoint_add(cpu, plan->state.planned[i].action.point.address);
        }
    }
}

/* ---- in words ---- */

static const char *const kind_names[FAULT_ACTION_KINDS] = {
    [FAULT_ACTION_SKIP] = "skip",         [FAULT_ACTION_REG_FLIP] = "reg.flip",
    [FAULT_ACTION_RAM_FLIP] = "ram.flip", [FAULT_ACTION_FLASH_FLIP] = "flash.flip",
    [FAULT_ACTION_MPU_FLIP] = "mpu.flip", [FAULT_ACTION_POWER_CUT] = "power.cut",
    [FAULT_ACTION_DEVICE] = "device",
};

bool fault_action_find(const char *name, enum fault_action_kind *kind)
{
    for (int i = 0; i < FAULT_ACTION_DEVICE; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (enum fault_action_kind)i;
            return true;
        }
    }
    return false;
}

void fault_plan_describe(const struct fault_plan *plan, size_t index, char *text, size_t size)
{
    const struct planned *planned = &plan->state.planned[index];
    const struct fault_effect *effect = &planned->effect;
    const char *name = planned->action.kind == FAULT_ACTION_DEVICE
                           ? planned->action.name
                           : kind_names[planned->action.kind];
    switch (effect->progress) {
    case FAULT_WAITS:
        snprintf(text, size, "%s: its point has not come", name);
        break;
    case FAULT_IN_VAIN:
        snprintf(text, size, "%s at pc 0x%08x, cycle %" PRIu64 ": nothing there to disturb", name,
                 (unsigned)effect->pc, effect->cycle);
        break;
    case FAULT_DONE:
        if (effect->before == effect->after) {
            snprintf(text, size, "%s at pc 0x%08x, cycle %" PRIu64, name, (unsigned)effect->pc,
                     effect->cycle);
        } else {
            snprintf(text, size, "%s at pc 0x%08x, cycle %" PRIu64 ": 0x%x became 0x%x", name,
                     (unsigned)effect->pc, effect->cycle, (unsigned)effect->before,
                     (unsigned)effect->after);
        }
        break;
    }
}
