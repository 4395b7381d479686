#include "sim/faults/fuzz_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/syscall.h"
#include "sim/loader/little_endian.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_snapshot.h"
#include "sim/machine/machine_view.h"

#define BOOT_SECONDS   5U
#define CASE_US        40000U
#define SETTLE_US      400000U
#define CASE_CALLS     6000U
#define QUIET_BEATS    3U
#define LATE_MS        60U /* three slices of 10 ms belong to others, and some work */
#define ANSWER_BITS    16U
#define PANIC_TEXT     "Kernel panic"
#define RESTART_STRIDE 7U

struct fuzz_app {
    int process;
    uint32_t program, playground; /* 0: it has not said so in this life */
    bool waits;                   /* for its program */
    bool done;
    uint32_t lives;
};

/* What changes in a case, and goes back with the snapshot. */
struct fuzz_progress {
    struct fuzz_app app[FUZZ_APPS];
    uint64_t calls, calls_at_beat;
    uint32_t quiet_beats, beats;
    int asked; /* the process whose call waits for an answer; OWNERSHIP_NOBODY: none */
    uint32_t call_class, argument[4], after;
    size_t panic_matched;
    enum fuzz_verdict verdict;
    uint32_t late_ms;
    uint64_t stalled_at_beat; /* cycles that the core was held until then, ever */
    bool present;             /* a command 0 of a fuzz app was not answered with NODEVICE */
};

struct fuzz_stage {
    struct machine *machine;
    struct ownership *ownership;
    const struct board *board;
    struct machine_snapshot snapshot;
    void *owners;                    /* at the snapshot */
    struct fuzz_progress start, now; /* at the snapshot; as it is */
    int witness;
    bool settling;
    uint64_t begun; /* cycle of the snapshot */
    uint32_t cycles_per_us;
    uint8_t *covered; /* a bit for each halfword in front of the apps; owned */
    uint32_t covered_end, covered_count;
    uint8_t answers[1U << (ANSWER_BITS - 3)];
    uint32_t answer_count;
};

/* ---- what was reached ---- */

static void on_block(void *context, uint32_t address, uint32_t size_bytes)
{
    struct fuzz_stage *stage = context;
    uint32_t base = stage->board->flash.base;
    for (uint32_t at = address - base; at < address - base + size_bytes; at += 2) {
        if (at >= stage->covered_end) {
            return;
        }
        uint8_t bit = (uint8_t)(1U << (at / 2 % 8));
        stage->covered_count += (stage->covered[at / 16] & bit) == 0;
        stage->covered[at / 16] |= bit;
    }
}

static void note_answer(struct fuzz_stage *stage, const struct cpu_regs *regs)
{
    const struct fuzz_progress *now = &stage->now;
    uint32_t hash = now->call_class * 0x9E3779B1U;
    hash = (hash ^ now->argument[0]) * 0x85EBCA6BU;
    hash = (hash ^ (now->argument[1] < 0x200U ? now->argument[1] : 0x200U)) * 0xC2B2AE35U;
    hash = (hash ^ regs->r[0]) * 0x27D4EB2FU;
    hash = (hash ^ (regs->r[0] < ABI_SUCCESS ? regs->r[1] : 0)) * 0x9E3779B1U;
    uint32_t slot = hash >> (32 - ANSWER_BITS);
    uint8_t bit = (uint8_t)(1U << slot % 8);
    stage->answer_count += (stage->answers[slot / 8] & bit) == 0;
    stage->answers[slot / 8] |= bit;
}

/* ---- the machine's observer ---- */

static void end_case(struct fuzz_stage *stage, enum fuzz_verdict verdict)
{
    if (stage->now.verdict == FUZZ_NOTHING) {
        stage->now.verdict = verdict;
    }
    machine_request_stop(stage->machine);
}

static struct fuzz_app *find_app(struct fuzz_stage *stage, int process)
{
    for (int i = 0; i < FUZZ_APPS; i++) {
        if (stage->now.app[i].process == process) {
            return &stage->now.app[i];
        }
    }
    return NULL;
}

/* Since the beat before. While a page of flash is erased the core is held, and nobody can help it.
 */
static uint32_t stalled_ms(const struct fuzz_stage *stage)
{
    uint64_t cycles = cpu_stalled_cycles(machine_cpu(stage->machine)) - stage->now.stalled_at_beat;
    return (uint32_t)(cycles / stage->cycles_per_us / 1000U);
}

static void on_beat(struct fuzz_stage *stage, uint32_t late_ms, uint32_t wrong)
{
    struct fuzz_progress *now = &stage->now;
    now->beats++;
    now->late_ms = late_ms;
    if (wrong != 0) {
        end_case(stage, FUZZ_TOUCHED);
    } else if (late_ms > LATE_MS + stalled_ms(stage)) {
        end_case(stage, FUZZ_LATE);
    }
    now->stalled_at_beat = cpu_stalled_cycles(machine_cpu(stage->machine));
    now->quiet_beats = now->calls == now->calls_at_beat ? now->quiet_beats + 1 : 0;
    now->calls_at_beat = now->calls;
    if (stage->settling || now->quiet_beats >= QUIET_BEATS) {
        machine_request_stop(stage->machine);
    }
}

static void on_message(struct fuzz_stage *stage, const struct machine_syscall *call)
{
    struct fuzz_app *app = find_app(stage, call->process);
    if (app == NULL) {
        if (call->process == stage->witness && call->argument[1] == FUZZ_BEAT) {
            on_beat(stage, call->argument[2], call->argument[3]);
        }
    } else if (call->argument[1] == FUZZ_READY) {
        app->program = call->argument[2];
        app->playground = call->argument[3];
        app->waits = true;
        app->lives++;
        machine_request_stop(stage->machine);
    } else if (call->argument[1] == FUZZ_DONE) {
        app->done = true;
    }
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct fuzz_stage *stage = context;
    struct fuzz_progress *now = &stage->now;
    if (call->process != stage->witness) {
        now->calls++;
        now->asked = call->process;
        now->call_class = call->call_class;
        memcpy(now->argument, call->argument, sizeof now->argument);
        now->after = call->pc & ~1U;
        if (now->calls == CASE_CALLS && !stage->settling) {
            machine_request_stop(stage->machine);
        }
    }
    if (call->call_class == ABI_CLASS_COMMAND && call->argument[0] == FUZZ_DRIVER) {
        on_message(stage, call);
    }
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    struct fuzz_stage *stage = context;
    struct fuzz_progress *now = &stage->now;
    if (cpu_regs_privileged(regs)) {
        return;
    }
    if (now->asked == machine_view_processes(stage->machine)->current && regs->pc == now->after &&
        now->call_class != ABI_CLASS_YIELD) {
        note_answer(stage, regs);
        now->present |= now->call_class == ABI_CLASS_COMMAND && now->argument[1] == 0 &&
                        !(regs->r[0] == ABI_FAILURE && regs->r[1] == ABI_NODEVICE);
        now->asked = OWNERSHIP_NOBODY;
    }
    if (ownership_breach_total(stage->ownership) != 0) {
        end_case(stage, FUZZ_BREACH);
    }
}

static void on_sent(void *context, const char *device, uint8_t byte)
{
    struct fuzz_stage *stage = context;
    struct fuzz_progress *now = &stage->now;
    (void)device;
    now->panic_matched = byte == (uint8_t)PANIC_TEXT[now->panic_matched] ? now->panic_matched + 1
                         : byte == (uint8_t)PANIC_TEXT[0]                ? 1
                                                                         : 0;
    if (PANIC_TEXT[now->panic_matched] == '\0') {
        now->panic_matched = 0;
        end_case(stage, FUZZ_PANIC);
    }
}

static void on_reset(void *context, uint32_t reasons)
{
    (void)reasons;
    struct fuzz_stage *stage = context;
    if (stage->owners != NULL) { /* a kernel may reset the chip once while it starts: UICR */
        end_case(stage, FUZZ_RESET);
    }
}

/* ---- programs into the apps' memory ---- */

static void put_word(struct fuzz_stage *stage, uint32_t address, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 24)};
    machine_poke(stage->machine, address, bytes, sizeof bytes);
}

/* Bounds that only the host knows: those of the others. */
static void fill_constants(const struct fuzz_stage *stage, int self,
                           uint32_t constant[FUZZ_CONSTANTS])
{
    const struct ownership_map *map = ownership_map_of(stage->ownership);
    const struct ownership_process *witness = &map->process[stage->witness];
    const struct ownership_process *neighbour =
        &map->process[stage->now.app[(self + 1) % FUZZ_APPS].process];
    const uint32_t values[FUZZ_CONSTANTS] = {
        map->ram.start,       map->ram.end,       map->flash.end,
        map->apps_start,      witness->ram.start, witness->ram.end,
        neighbour->ram.start, neighbour->ram.end, stage->now.app[(self + 1) % FUZZ_APPS].playground,
        0x40000000U,          0xE000ED00U,        0x7FFFFFFFU,
        0x80000000U,          0xFFFFFFFFU,        0xFFFFFFF0U,
        witness->flash.start,
    };
    memcpy(constant, values, sizeof values);
}

/* Field by field: the app's words are little-endian whatever the host's are. */
static void put_program(struct fuzz_stage *stage, int index, const struct fuzz_case *played)
{
    struct fuzz_app *app = &stage->now.app[index];
    const struct fuzz_script *script = &played->app[index];
    uint32_t constant[FUZZ_CONSTANTS];
    uint32_t at = app->program + 20;
    uint32_t begun_before = app->lives * RESTART_STRIDE;
    fill_constants(stage, index, constant);
    put_word(stage, app->program + 4, script->count);
    put_word(stage, app->program + 8, script->count == 0 ? 0 : begun_before % script->count);
    put_word(stage, app->program + 12, script->rounds);
    put_word(stage, app->program + 16, played->seed + (uint32_t)index + app->lives);
    for (uint32_t i = 0; i < FUZZ_CONSTANTS; i++, at += 4) {
        put_word(stage, at, constant[i]);
    }
    for (uint32_t i = 0; i < FUZZ_DRIVERS; i++, at += 4) {
        put_word(stage, at, fuzz_drivers[i]);
    }
    for (uint32_t i = 0; i < script->count; i++, at += sizeof(struct fuzz_step)) {
        const struct fuzz_step *step = &script->step[i];
        uint8_t bytes[sizeof *step] = {step->operation, step->turns,   step->base[0],
                                       step->base[1],   step->base[2], step->base[3]};
        for (int j = 0; j < 4; j++) {
            bytes[8 + 2 * j] = (uint8_t)step->bits[j];
            bytes[9 + 2 * j] = (uint8_t)(step->bits[j] >> 8);
        }
        machine_poke(stage->machine, at, bytes, sizeof bytes);
    }
    put_word(stage, app->program, 1);
    app->waits = false;
    app->done = false;
}

static void put_programs(struct fuzz_stage *stage, const struct fuzz_case *played)
{
    bool changed = false;
    for (int i = 0; i < FUZZ_APPS; i++) {
        if (stage->now.app[i].waits) {
            put_program(stage, i, played);
            changed = true;
        }
    }
    if (changed) {
        ownership_memory_changed(stage->ownership);
    }
}

/* ---- a case ---- */

static bool go_back(struct fuzz_stage *stage, struct sim_error *error)
{
    if (!machine_snapshot_restore(stage->machine, &stage->snapshot, "the start of a case", error)) {
        return false;
    }
    ownership_restore(stage->ownership, stage->owners);
    stage->now = stage->start;
    stage->now.stalled_at_beat = cpu_stalled_cycles(machine_cpu(stage->machine));
    stage->settling = false;
    return true;
}

static uint64_t cycle_at(const struct fuzz_stage *stage, uint32_t us)
{
    return stage->begun + (uint64_t)us * stage->cycles_per_us;
}

static void judge_stop(struct fuzz_stage *stage, enum machine_stop stop)
{
    switch (stop) {
    case MACHINE_STOP_LIMIT:
    case MACHINE_STOP_REQUESTED:
    case MACHINE_STOP_STEP:
    case MACHINE_STOP_BREAKPOINT:
    case MACHINE_STOP_WATCHPOINT:
        break;
    case MACHINE_STOP_ENGINE:
        end_case(stage, FUZZ_ENGINE);
        break;
    case MACHINE_STOP_BKPT:
    case MACHINE_STOP_LOCKUP:
    case MACHINE_STOP_OFF:
    case MACHINE_STOP_IDLE:
    case MACHINE_STOP_EXIT:
        end_case(stage, FUZZ_STOPPED);
        break;
    }
}

static bool some_app_waits(const struct fuzz_stage *stage)
{
    return stage->now.app[0].waits || stage->now.app[1].waits || stage->now.app[2].waits;
}

/* Runs on for as long as apps only want a new program. */
static void run_programs(struct fuzz_stage *stage, const struct fuzz_case *played)
{
    uint64_t limit = cycle_at(stage, CASE_US);
    do {
        put_programs(stage, played);
        judge_stop(stage, machine_run(stage->machine, limit));
    } while (stage->now.verdict == FUZZ_NOTHING && some_app_waits(stage) &&
             stage->now.calls < CASE_CALLS);
}

/* What is still on its way arrives; the witness must be heard again. */
static void settle(struct fuzz_stage *stage, const struct fuzz_case *played)
{
    uint32_t beats = stage->now.beats;
    uint64_t limit =
        clock_now(machine_clock(stage->machine)) + (uint64_t)SETTLE_US * stage->cycles_per_us;
    stage->settling = true;
    while (stage->now.verdict == FUZZ_NOTHING && stage->now.beats == beats) {
        put_programs(stage, played);
        enum machine_stop stop = machine_run(stage->machine, limit);
        judge_stop(stage, stop);
        if (stop == MACHINE_STOP_LIMIT && stage->now.beats == beats) {
            end_case(stage, FUZZ_SILENT);
        }
    }
    if (stage->now.verdict == FUZZ_NOTHING) {
        ownership_check_flash(stage->ownership);
    }
    if (ownership_breach_total(stage->ownership) != 0) {
        end_case(stage, FUZZ_BREACH);
    }
}

static const char *const verdict_words[] = {
    [FUZZ_NOTHING] = "nothing",
    [FUZZ_BREACH] = "breach",
    [FUZZ_PANIC] = "the kernel panicked",
    [FUZZ_LATE] = "the witness's alarm came late",
    [FUZZ_TOUCHED] = "the witness's memory has changed",
    [FUZZ_SILENT] = "the witness was not heard again",
    [FUZZ_STOPPED] = "the core has stopped for good",
    [FUZZ_RESET] = "the chip was reset",
    [FUZZ_ENGINE] = "the simulator's engine failed",
};

static void describe(const struct fuzz_stage *stage, struct fuzz_outcome *outcome)
{
    size_t count = 0;
    const struct ownership_breach *breach = ownership_breaches(stage->ownership, &count);
    if (outcome->verdict == FUZZ_BREACH && count > 0) {
        outcome->breach = breach[0];
        ownership_describe(stage->ownership, breach, outcome->text, sizeof outcome->text);
    } else if (outcome->verdict == FUZZ_LATE) {
        snprintf(outcome->text, sizeof outcome->text, "the witness's alarm came %u ms late",
                 stage->now.late_ms);
    } else {
        snprintf(outcome->text, sizeof outcome->text, "%s, pc 0x%08x",
                 verdict_words[outcome->verdict], cpu_pc(machine_cpu(stage->machine)));
    }
}

static void queue_inputs(struct fuzz_stage *stage, const struct fuzz_case *played)
{
    for (uint32_t i = 0; i < played->input_count; i++) {
        const struct fuzz_input *input = &played->input[i];
        if (strcmp(input->what, FUZZ_TYPED) == 0) {
            const struct fuzz_line *line = &fuzz_lines[input->value];
            (void)machine_add_text(stage->machine, (int)input->device,
                                   cycle_at(stage, input->at_us), line->text, strlen(line->text));
            if (line->moves_lives) {
                ownership_doubt_lives(stage->ownership);
            }
        } else if (input->what[0] != '\0') {
            (void)machine_add_input(stage->machine, (int)input->device,
                                    cycle_at(stage, input->at_us), input->what, input->value);
        }
    }
}

bool fuzz_stage_play(struct fuzz_stage *stage, const struct fuzz_case *played,
                     struct fuzz_outcome *outcome, struct sim_error *error)
{
    uint32_t covered = stage->covered_count, answers = stage->answer_count;
    if (!go_back(stage, error)) {
        return false;
    }
    queue_inputs(stage, played);
    run_programs(stage, played);
    settle(stage, played);
    *outcome = (struct fuzz_outcome){.verdict = stage->now.verdict,
                                     .calls = stage->now.calls,
                                     .new_code = stage->covered_count - covered,
                                     .new_answers = stage->answer_count - answers};
    describe(stage, outcome);
    return true;
}

/* ---- set-up ---- */

static int find_process(const struct machine *machine, const char *name)
{
    const struct process_watch *watch = machine_view_processes(machine);
    for (size_t i = 0; i < watch->count; i++) {
        if (strcmp(watch->process[i].name, name) == 0) {
            return (int)i;
        }
    }
    return OWNERSHIP_NOBODY;
}

/* Until each waits for its program, and the witness has been heard. */
static bool start_all(struct fuzz_stage *stage, struct sim_error *error)
{
    static const char *const names[FUZZ_APPS] = FUZZ_APP_NAMES;
    const struct fuzz_app *app = stage->now.app;
    uint64_t limit = (uint64_t)BOOT_SECONDS * 1000000U * stage->cycles_per_us;
    stage->settling = true;
    while (!(app[0].waits && app[1].waits && app[2].waits && stage->now.beats > 0)) {
        enum machine_stop stop = machine_run(stage->machine, limit);
        judge_stop(stage, stop);
        if (stop == MACHINE_STOP_LIMIT || stage->now.verdict != FUZZ_NOTHING) {
            const char *missing = FUZZ_WITNESS_NAME;
            for (int i = 0; i < FUZZ_APPS; i++) {
                missing = app[i].waits ? missing : names[i];
            }
            struct fuzz_outcome outcome = {.verdict = stage->now.verdict};
            describe(stage, &outcome);
            return sim_fail(error, SIM_GUEST_FAILED, "%s does not start within %u s: %s", missing,
                            BOOT_SECONDS, outcome.text);
        }
    }
    return true;
}

static bool save_start(struct fuzz_stage *stage, struct sim_error *error)
{
    for (int i = 0; i < FUZZ_APPS; i++) {
        stage->now.app[i].lives = 0;
    }
    stage->now.calls = 0;
    stage->now.calls_at_beat = 0;
    stage->now.beats = 0;
    stage->now.quiet_beats = 0;
    stage->start = stage->now;
    stage->begun = clock_now(machine_clock(stage->machine));
    stage->owners = ownership_save(stage->ownership);
    return (stage->owners != NULL || sim_fail(error, SIM_INTERNAL, "no memory")) &&
           machine_snapshot_save(stage->machine, &stage->snapshot, error);
}

static bool name_processes(struct fuzz_stage *stage, struct sim_error *error)
{
    static const char *const names[FUZZ_APPS] = FUZZ_APP_NAMES;
    for (int i = 0; i < FUZZ_APPS; i++) {
        stage->now.app[i].process = find_process(stage->machine, names[i]);
        if (stage->now.app[i].process == OWNERSHIP_NOBODY) {
            return sim_fail(error, SIM_INTERNAL, "there is no app %s", names[i]);
        }
    }
    stage->witness = find_process(stage->machine, FUZZ_WITNESS_NAME);
    return stage->witness != OWNERSHIP_NOBODY ||
           sim_fail(error, SIM_INTERNAL, "there is no app " FUZZ_WITNESS_NAME);
}

struct fuzz_stage *fuzz_stage_open(struct machine *machine, struct ownership *ownership,
                                   struct sim_error *error)
{
    const struct board *board = machine_view_board(machine);
    struct fuzz_stage *stage = calloc(1, sizeof *stage);
    if (stage == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory");
        return NULL;
    }
    stage->machine = machine;
    stage->ownership = ownership;
    stage->board = board;
    stage->cycles_per_us = machine_clock(machine)->cpu_hz / 1000000U;
    stage->covered_end = board->apps.base - board->flash.base;
    stage->covered = calloc(1, stage->covered_end / 16 + 1);
    stage->now.asked = OWNERSHIP_NOBODY;
    const struct machine_observer observer = {.called = on_called,
                                              .resumed = on_resumed,
                                              .sent = on_sent,
                                              .reset = on_reset,
                                              .context = stage};
    bool good = (stage->covered != NULL || sim_fail(error, SIM_INTERNAL, "no memory")) &&
                name_processes(stage, error) &&
                (machine_observe(machine, &observer) ||
                 sim_fail(error, SIM_INTERNAL, "too many observers"));
    if (good) {
        cpu_watch_blocks(machine_cpu(machine), on_block, stage);
        good = start_all(stage, error) && save_start(stage, error);
    }
    if (!good) {
        fuzz_stage_close(stage);
        return NULL;
    }
    return stage;
}

void fuzz_stage_close(struct fuzz_stage *stage)
{
    if (stage != NULL) {
        machine_snapshot_free(&stage->snapshot);
        free(stage->owners);
        free(stage->covered);
        free(stage);
    }
}

/* ---- which drivers there are ---- */

bool fuzz_stage_find_drivers(struct fuzz_stage *stage, struct fuzz_ground *ground,
                             struct sim_error *error)
{
    ground->present_count = 0;
    for (uint32_t driver = 0; driver < FUZZ_DRIVERS; driver++) {
        struct fuzz_case asking = {.app[0] = {.count = 1, .rounds = 1}};
        struct fuzz_outcome outcome;
        asking.app[0].step[0] = (struct fuzz_step){.operation = FUZZ_COMMAND, .turns = 1};
        asking.app[0].step[0].base[0] = FUZZ_MODE_DRIVER << 5;
        asking.app[0].step[0].bits[0] = (uint16_t)driver;
        if (!fuzz_stage_play(stage, &asking, &outcome, error)) {
            return false;
        }
        if (stage->now.present) {
            ground->present[ground->present_count] = (uint8_t)driver;
            ground->present_count++;
        }
    }
    return true;
}

uint32_t fuzz_stage_covered(const struct fuzz_stage *stage)
{
    return stage->covered_count;
}

bool fuzz_stage_has_run(const struct fuzz_stage *stage, uint32_t address)
{
    uint32_t at = address - stage->board->flash.base;
    return at < stage->covered_end && (stage->covered[at / 16] >> at / 2 % 8 & 1) != 0;
}
