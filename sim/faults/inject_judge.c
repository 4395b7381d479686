#include <stdio.h>
#include <string.h>

#include "sim/faults/inject_internal.h"
#include "sim/machine/machine_view.h"

bool inject_is_end_of_time(enum machine_stop stop)
{
    return stop == MACHINE_STOP_LIMIT || stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF;
}

const char *inject_stop_words(enum machine_stop stop)
{
    return stop == MACHINE_STOP_LOCKUP   ? "the core locks up"
           : stop == MACHINE_STOP_EXIT   ? "the guest ends the run by semihosting"
           : stop == MACHINE_STOP_ENGINE ? "the engine fails"
           : stop == MACHINE_STOP_OFF    ? "the chip is off"
                                         : "the run ends";
}

/* Whether somebody reached or got what is not his. The others are the kernel's word to an app that
 * it does not keep, and show in what the app does. */
static bool breaks_isolation(enum ownership_breach_kind kind)
{
    switch (kind) {
    case OWNERSHIP_BREACH_APP_WROTE:
    case OWNERSHIP_BREACH_KERNEL_WROTE:
    case OWNERSHIP_BREACH_DEAD_WRITTEN:
    case OWNERSHIP_BREACH_FLASH:
    case OWNERSHIP_BREACH_OPEN:
    case OWNERSHIP_BREACH_NOT_ZERO:
    case OWNERSHIP_BREACH_DMA:
    case OWNERSHIP_BREACH_PRIVILEGED:
    case OWNERSHIP_BREACH_ACCEPTED:
    case OWNERSHIP_BREACH_OVERLAP:
    case OWNERSHIP_BREACH_DEAD_RUNS:
        return true;
    case OWNERSHIP_BREACH_CLOSED:
    case OWNERSHIP_BREACH_REGISTERS:
    case OWNERSHIP_BREACH_KERNEL_FAULT:
    case OWNERSHIP_BREACH_ANSWER:
    case OWNERSHIP_BREACH_SWAP:
    case OWNERSHIP_BREACH_BREAK:
    case OWNERSHIP_BREACH_BOUND:
    case OWNERSHIP_BREACH_UPCALL:
    case OWNERSHIP_BREACH_KINDS:
        break;
    }
    return false;
}

/* A kernel that takes an app for faulty starts it again, and its memory with it: that is no reach
 * into somebody's memory. */
static bool is_restart(const struct inject_stage *stage, const struct ownership_breach *breach)
{
    return breach->kind == OWNERSHIP_BREACH_KERNEL_WROTE && breach->whose != OWNERSHIP_NOBODY &&
           breach->pc == ownership_map_of(stage->ownership)->process[breach->whose].entry;
}

/* The first new breach of the worse or the lesser sort; NULL: none. */
const struct ownership_breach *inject_find_breach(const struct inject_stage *stage, bool worse)
{
    size_t count = 0;
    const struct ownership_breach *breach = ownership_breaches(stage->ownership, &count);
    for (size_t i = stage->reference_breaches; i < count; i++) {
        bool is_worse = breaks_isolation(breach[i].kind) && !is_restart(stage, &breach[i]);
        if (is_worse == worse) {
            return &breach[i];
        }
    }
    return NULL;
}

/* What is broken anyway cannot be told from what a fault breaks. */
bool inject_keeps_isolation(const struct inject_stage *stage, struct sim_error *error)
{
    size_t count = 0;
    char text[200];
    const struct ownership_breach *breach = ownership_breaches(stage->ownership, &count);
    for (size_t i = 0; i < count; i++) {
        if (breaks_isolation(breach[i].kind)) {
            ownership_describe(stage->ownership, &breach[i], text, sizeof text);
            return sim_fail(error, SIM_WRONG_USE,
                            "the kernel breaks isolation without any fault: %s", text);
        }
    }
    return true;
}

static const char *const verdict_names[INJECT_VERDICTS] = {
    [INJECT_NO_EFFECT] = "no effect", [INJECT_CHANGED] = "changed output",
    [INJECT_HANG] = "hang",           [INJECT_APP_FAULT] = "app fault",
    [INJECT_PANIC] = "kernel panic",  [INJECT_BREACH] = "isolation breach",
};

const char *inject_verdict_name(enum inject_verdict verdict)
{
    return verdict_names[verdict];
}

static void judge(struct inject_outcome *outcome, enum inject_verdict verdict, uint32_t pc,
                  const char *text)
{
    if (verdict > outcome->verdict) {
        outcome->verdict = verdict;
        outcome->pc = pc;
        snprintf(outcome->text, sizeof outcome->text, "%s", text);
    }
}

static void judge_breach(const struct inject_stage *stage, const struct ownership_breach *breach,
                         enum inject_verdict verdict, struct inject_outcome *outcome)
{
    char text[sizeof outcome->text];
    if (breach != NULL) {
        bool placed = breach->kind != OWNERSHIP_BREACH_KERNEL_FAULT &&
                      breach->kind != OWNERSHIP_BREACH_ANSWER;
        ownership_describe(stage->ownership, breach, text, sizeof text);
        char *tail = strstr(text, placed ? ", at pc " : ": 0x"); /* the outcome has the pc itself */
        if (tail != NULL) {
            *tail = '\0';
        }
        judge(outcome, verdict, breach->pc, text);
    }
}

static const char *name_of(const struct inject_stage *stage, int process)
{
    return machine_view_processes(stage->machine)->process[process].name;
}

static void judge_fault(const struct inject_stage *stage, const struct inject_seen *seen,
                        struct inject_outcome *outcome)
{
    static const char *const accesses[] = {[MACHINE_ACCESS_READ] = "read of",
                                           [MACHINE_ACCESS_WRITE] = "write to",
                                           [MACHINE_ACCESS_FETCH] = "fetch from"};
    char text[sizeof outcome->text];
    const struct machine_fault *fault = &seen->fault;
    if (seen->app_faults <= stage->reference.app_faults) {
        return;
    }
    if (fault->address_valid) {
        snprintf(text, sizeof text, "%s: refused %s 0x%08x", name_of(stage, seen->faulty),
                 accesses[fault->access], (unsigned)fault->address);
    } else {
        snprintf(text, sizeof text, "%s: no such instruction, or no way to go on",
                 name_of(stage, seen->faulty));
    }
    judge(outcome, INJECT_APP_FAULT, fault->pc, text);
}

void inject_judge_run(const struct inject_stage *stage, enum machine_stop stop, bool busy,
                      struct inject_outcome *outcome)
{
    const struct inject_seen *seen = inject_watch_seen(stage->watch);
    uint32_t pc = cpu_pc(machine_cpu(stage->machine));
    int laggard = inject_watch_laggard(stage->watch);
    char text[sizeof outcome->text];
    judge_breach(stage, inject_find_breach(stage, true), INJECT_BREACH, outcome);
    if (seen->panicked) {
        judge(outcome, INJECT_PANIC, 0, seen->reason[0] != '\0' ? seen->reason : "it says so");
    }
    if (seen->resets > stage->reference.resets) {
        judge(outcome, INJECT_PANIC, 0, "the chip was reset");
    }
    judge_fault(stage, seen, outcome);
    if (!inject_is_end_of_time(stop) && stop != MACHINE_STOP_REQUESTED) {
        judge(outcome, INJECT_HANG, 0, inject_stop_words(stop));
    }
    if (busy) {
        judge(outcome, INJECT_HANG, pc, "the core is busy, and was not without the fault");
    } else if (laggard >= 0) {
        snprintf(text, sizeof text, "%s does not go on after its call %llu",
                 name_of(stage, laggard),
                 (unsigned long long)inject_watch_calls(stage->watch, laggard));
        judge(outcome, INJECT_HANG, pc, text);
    }
    const struct ownership_breach *lesser = inject_find_breach(stage, false);
    if (lesser != NULL && is_restart(stage, lesser)) {
        snprintf(text, sizeof text, "the kernel took %s for faulty and started it again",
                 name_of(stage, lesser->whose));
        judge(outcome, INJECT_APP_FAULT, 0, text);
    }
    judge_breach(stage, lesser, INJECT_CHANGED, outcome);
    if (seen->differs) {
        judge(outcome, INJECT_CHANGED, 0, seen->difference);
    }
    if (!inject_watch_is_complete(stage->watch)) {
        judge(outcome, INJECT_CHANGED, 0, "something that a device did is missing");
    }
}
