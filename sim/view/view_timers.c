#include "sim/view/view_timers.h"

#include <stdio.h>
#include <string.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

#define ROWS_MAX 12U /* of one device */

/* An app's alarm is not changed but by its calls: when its present one was made, the wait began. */
static void on_called(void *context, const struct machine_syscall *call)
{
    struct timers_watch *watch = context;
    if (call->process >= 0 && call->process < PROCESS_WATCH_MAX && watch->alarm_known &&
        call->call_class == watch->class_command && call->argument[0] == watch->driver_alarm &&
        (call->argument[1] == watch->set_relative || call->argument[1] == watch->set_absolute)) {
        watch->alarm_set[call->process] = clock_now(machine_clock(watch->sources->machine));
    }
}

static bool find_value(const struct kernel_view *kernel, const char *name, uint32_t *value)
{
    const struct kernel_info_record *record = kernel_info_find(&kernel->info, name);
    *value = record == NULL ? UINT32_MAX : record->value;
    return record != NULL;
}

bool view_timers_start(struct timers_watch *watch, const struct view_sources *sources,
                       struct sim_error *error)
{
    const struct machine_observer observer = {.called = on_called, .context = watch};
    *watch = (struct timers_watch){.sources = sources};
    kernel_alarms_open(&watch->alarms, sources->kernel);
    watch->alarm_known =
        find_value(sources->kernel, "class.command", &watch->class_command) &&
        find_value(sources->kernel, "driver.alarm", &watch->driver_alarm) &&
        find_value(sources->kernel, "command.alarm.set_relative", &watch->set_relative) &&
        find_value(sources->kernel, "command.alarm.set_absolute", &watch->set_absolute);
    return machine_observe(sources->machine, &observer) ||
           sim_fail(error, SIM_INTERNAL, "the machine has too many observers");
}

static void copy_text(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from);
}

/* Due first; what only runs last; equals stay as they came. */
static bool comes_before(const struct view_timer *a, const struct view_timer *b)
{
    if ((a->kind == VIEW_TIMER_RUNS) != (b->kind == VIEW_TIMER_RUNS)) {
        return b->kind == VIEW_TIMER_RUNS;
    }
    return a->due_cycles < b->due_cycles;
}

static void add_row(struct view_timers *timers, const struct view_timer *row)
{
    size_t at = timers->count;
    if (timers->count == VIEW_TIMERS_MAX) {
        timers->left_out++;
        if (!comes_before(row, &timers->timers[at - 1])) {
            return;
        }
        at--;
    } else {
        timers->count++;
    }
    while (at > 0 && comes_before(row, &timers->timers[at - 1])) {
        timers->timers[at] = timers->timers[at - 1];
        at--;
    }
    timers->timers[at] = *row;
}

static void add_wired(const struct machine *machine, size_t device, const struct device_timer *from,
                      struct view_timer *row)
{
    char wired[64];
    char words[80];
    if (from->event == 0 || device == MACHINE_VIEW_CORE) {
        return;
    }
    machine_view_wired_tasks(machine, device, from->event, wired, sizeof wired);
    if (wired[0] != '\0') {
        snprintf(words, sizeof words, "PPI: %s", wired);
        device_timer_add_words(row->effect, sizeof row->effect, words);
    }
}

/* What a match does that nobody hears of is no row. A counter that runs is one when it has no
 * other. */
static void add_device(const struct machine *machine, size_t device, const char *name,
                       struct view_timers *timers)
{
    struct device_timer rows[ROWS_MAX];
    size_t count = machine_view_timers(machine, device, rows, ROWS_MAX);
    bool any = false;
    for (size_t i = count; i-- > 0;) {
        const struct device_timer *from = &rows[i];
        struct view_timer row = {.kind = VIEW_TIMER_DEVICE,
                                 .process = MACHINE_NO_PROCESS,
                                 .begun_cycles = from->begun_cycles,
                                 .due_cycles = from->due_cycles,
                                 .period_cycles = from->period_cycles,
                                 .count = from->count};
        bool runs = from->label[0] == '\0';
        copy_text(row.owner, sizeof row.owner, name);
        copy_text(row.what, sizeof row.what, from->label);
        copy_text(row.effect, sizeof row.effect, from->effect);
        add_wired(machine, device, from, &row);
        if (runs) {
            row.kind = VIEW_TIMER_RUNS;
            if (row.effect[0] == '\0') {
                copy_text(row.effect, sizeof row.effect, "runs, nothing set");
            }
        }
        if (runs ? !any : row.effect[0] != '\0') {
            add_row(timers, &row);
            any = true;
        }
    }
}

static void add_alarm(const struct timers_watch *watch, size_t process, struct view_timers *timers)
{
    const struct machine *machine = watch->sources->machine;
    const struct watched_process *app = &machine_view_processes(machine)->process[process];
    struct kernel_alarm alarm;
    if (app->ram_bytes == 0 || !kernel_alarms_read(&watch->alarms, app->ram_base, &alarm)) {
        return;
    }
    uint64_t due = machine_view_steps_due(machine, alarm.counter, alarm.steps);
    uint64_t set = watch->alarm_set[process];
    struct view_timer row = {.kind = VIEW_TIMER_ALARM,
                             .process = (int)process,
                             .what = "alarm",
                             .effect = "upcall",
                             .begun_cycles = set != 0 && set < due ? set : due,
                             .due_cycles = due};
    copy_text(row.owner, sizeof row.owner, app->name);
    if (due == UINT64_MAX) {
        copy_text(row.effect, sizeof row.effect, "upcall, but the counter stands still");
    }
    add_row(timers, &row);
}

void view_timers_fill(struct timers_watch *watch, struct view_timers *timers)
{
    const struct machine *machine = watch->sources->machine;
    const struct board *board = machine_view_board(machine);
    timers->count = 0;
    timers->left_out = 0;
    if (!machine_view_powered(machine)) {
        return;
    }
    for (size_t i = 0; i < machine_view_processes(machine)->count; i++) {
        add_alarm(watch, i, timers);
    }
    add_device(machine, MACHINE_VIEW_CORE, "SysTick", timers);
    for (size_t i = 0; i < board->device_count; i++) {
        if (board->devices[i].device_class->timers != NULL) {
            add_device(machine, i, board->devices[i].name, timers);
        }
    }
}
