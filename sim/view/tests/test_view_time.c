/* The views of timers and of the timeline on the real kernel, against other witnesses: the
 * exceptions that the core takes, and the cycles that process_watch counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_view.h"
#include "sim/machine/tests/snapshot_bench.h"
#include "sim/view/view_builder.h"
#include "sim/view/view_history.h"

#define MS       64000ULL
#define KERNEL   "kernel/nrf52dk.elf"
#define EXC_RTC1 (16U + 17U)
#define ENTRY    64U /* cycles from the event to the handler, at most */
#define ENTRIES  4096U

struct scene {
    struct snapshot_bench bench;
    struct kernel_view kernel;
    struct view_builder *builder;
    struct view_frame *frame;
    struct view_history history;
    uint64_t entries[ENTRIES]; /* of RTC1's interrupt */
    size_t entry_count;
    uint64_t asleep_cycles, slept_since; /* counted by itself */
};

static const char *const two_apps[] = {"apps/blink.tbf", "apps/hello.tbf", NULL};
static const char *const busy_apps[] = {"apps/blink.tbf", "apps/scope.tbf", "apps/hello.tbf", NULL};

static void note_entry(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct scene *scene = context;
    (void)regs;
    (void)from_pc;
    if (exception == EXC_RTC1 && scene->entry_count < ENTRIES) {
        scene->entries[scene->entry_count++] = clock_now(machine_clock(scene->bench.machine));
    }
}

static void note_sleep(void *context, bool asleep)
{
    struct scene *scene = context;
    uint64_t now = clock_now(machine_clock(scene->bench.machine));
    scene->asleep_cycles += asleep ? 0 : now - scene->slept_since;
    scene->slept_since = now;
}

static void open_scene(struct scene *scene, const char *const *apps)
{
    struct sim_error error = {0};
    char elf[512];
    const struct snapshot_guest guest = {.board = "nrf52dk", .firmware = KERNEL, .apps = apps};
    memset(scene, 0, sizeof *scene);
    snapshot_bench_open(&scene->bench, &guest);
    snprintf(elf, sizeof elf, "%s/firmware/" KERNEL, getenv("SANDGLASS_BUILD"));
    kernel_view_open(&scene->kernel, scene->bench.machine, elf);
    const struct view_sources sources = {.machine = scene->bench.machine, .kernel = &scene->kernel};
    const struct machine_observer observer = {
        .entered = note_entry, .slept = note_sleep, .context = scene};
    assert_true(machine_observe(scene->bench.machine, &observer));
    scene->builder = view_builder_create(&sources, &error);
    assert_non_null(scene->builder);
    scene->frame = calloc(1, sizeof *scene->frame);
    assert_non_null(scene->frame);
}

static void close_scene(struct scene *scene)
{
    view_history_free(&scene->history);
    free(scene->frame);
    view_builder_destroy(scene->builder);
    kernel_view_close(&scene->kernel);
    snapshot_bench_close(&scene->bench);
}

static void run_to(struct scene *scene, uint64_t cycle)
{
    machine_run(scene->bench.machine, cycle);
    view_builder_fill(scene->builder, scene->frame);
    view_history_take(&scene->history, &scene->frame->timeline, scene->frame->clock.now_cycles);
}

static const struct view_timer *find(const struct view_timers *timers, const char *owner,
                                     const char *what)
{
    for (size_t i = 0; i < timers->count; i++) {
        if (strcmp(timers->timers[i].owner, owner) == 0 &&
            strcmp(timers->timers[i].what, what) == 0) {
            return &timers->timers[i];
        }
    }
    return NULL;
}

static const struct view_timer *find_alarm(const struct view_timers *timers)
{
    for (size_t i = 0; i < timers->count; i++) {
        if (timers->timers[i].kind == VIEW_TIMER_ALARM) {
            return &timers->timers[i];
        }
    }
    return NULL;
}

/* The soonest alarm is what RTC1 is set for, its interrupt comes in that cycle, and then the
 * process goes on. */
static void alarms_come_when_they_are_told_to(void **state)
{
    struct scene *scene = malloc(sizeof *scene);
    uint32_t checked = 0;
    (void)state;
    assert_non_null(scene);
    open_scene(scene, two_apps);
    run_to(scene, 600 * MS);
    for (uint32_t i = 0; i < 12; i++) {
        const struct view_timer *found = find_alarm(&scene->frame->timers);
        assert_non_null(found);
        struct view_timer alarm = *found;
        const struct view_timer *compare = find(&scene->frame->timers, "rtc1", "COMPARE[0]");
        assert_non_null(compare);
        assert_int_equal(compare->due_cycles, alarm.due_cycles);
        assert_string_equal(compare->effect, "interrupt");
        assert_true(alarm.begun_cycles < alarm.due_cycles);
        assert_true(alarm.due_cycles > scene->frame->clock.now_cycles);
        size_t before = scene->entry_count;
        run_to(scene, alarm.due_cycles - 1);
        assert_int_equal(scene->entry_count, before);
        assert_int_equal(find_alarm(&scene->frame->timers)->due_cycles, alarm.due_cycles);
        run_to(scene, alarm.due_cycles + MS);
        assert_int_equal(scene->entry_count, before + 1);
        assert_in_range(scene->entries[before], alarm.due_cycles, alarm.due_cycles + ENTRY);
        uint64_t number = 0;
        uint16_t lane = (uint16_t)(HISTORY_PROCESS + alarm.process);
        assert_true(view_history_next(&scene->history, lane, alarm.due_cycles, &number));
        const struct view_event *event = view_history_event(&scene->history, number);
        assert_int_equal(event->kind, VIEW_EVENT_RUN); /* it goes on, in an upcall or behind one */
        assert_in_range(event->cycle, alarm.due_cycles, alarm.due_cycles + MS);
        checked++;
        run_to(scene, scene->frame->clock.now_cycles + 3 * MS);
    }
    assert_int_equal(checked, 12);
    close_scene(scene);
    free(scene);
}

/* An app that samples by a timer: the timer's row says what PPI makes of it, and each row is due
 * when it is told to be, the next one a period later. */
static void what_ppi_does_is_told(void **state)
{
    struct scene *scene = malloc(sizeof *scene);
    uint32_t found = 0;
    (void)state;
    assert_non_null(scene);
    open_scene(scene, busy_apps);
    for (uint64_t ms = 300; ms < 600; ms++) {
        run_to(scene, ms * MS);
        const struct view_timer *row = find(&scene->frame->timers, "timer1", "COMPARE[0]");
        if (row == NULL) {
            continue;
        }
        assert_non_null(strstr(row->effect, "PPI: "));
        assert_non_null(strstr(row->effect, "adc SAMPLE"));
        struct view_timer told = *row;
        if (told.due_cycles >= (ms + 1) * MS || told.period_cycles == 0) {
            continue;
        }
        run_to(scene, told.due_cycles - 1);
        row = find(&scene->frame->timers, "timer1", "COMPARE[0]");
        assert_int_equal(row->due_cycles, told.due_cycles);
        run_to(scene, told.due_cycles);
        row = find(&scene->frame->timers, "timer1", "COMPARE[0]");
        assert_true(row == NULL || row->due_cycles == told.due_cycles + told.period_cycles);
        found++;
    }
    assert_true(found > 0);
    close_scene(scene);
    free(scene);
}

/* Sleep to the cycle as counted beside it; each process as process_watch has it; the rest is the
 * kernel. */
static void the_core_is_always_somewhere(void **state)
{
    struct scene *scene = malloc(sizeof *scene);
    (void)state;
    assert_non_null(scene);
    open_scene(scene, busy_apps);
    for (uint32_t i = 1; i <= 60; i++) {
        run_to(scene, i * 17 * MS + i);
    }
    uint64_t now = scene->frame->clock.now_cycles;
    uint64_t all = 0;
    uint64_t end = (now >> HISTORY_FINE_SHIFT << HISTORY_FINE_SHIFT) + (1U << HISTORY_FINE_SHIFT);
    for (uint16_t lane = HISTORY_KERNEL; lane < HISTORY_EXCEPTION; lane++) {
        all += view_history_busy(&scene->history, lane, 0, end, false);
    }
    assert_int_equal(all, now - scene->history.begin_cycle);
    const struct process_watch *watch = machine_view_processes(scene->bench.machine);
    assert_true(watch->count >= 3);
    for (size_t i = 0; i < watch->count; i++) {
        uint16_t lane = (uint16_t)(HISTORY_PROCESS + i);
        uint64_t busy = view_history_busy(&scene->history, lane, 0, end, false);
        assert_true(busy > 0);
        assert_int_equal(busy, watch->process[i].cycles);
        assert_int_equal(view_history_busy(&scene->history, lane, 0, now + (1 << 16), true), busy);
    }
    uint64_t asleep = scene->asleep_cycles;
    if (cpu_is_asleep(machine_cpu(scene->bench.machine))) {
        asleep += now - scene->slept_since;
    }
    assert_int_equal(view_history_busy(&scene->history, HISTORY_SLEEP, 0, end, false), asleep);
    close_scene(scene);
    free(scene);
}

/* More than a frame holds: the newest are there, from an account of how things are on. */
static void too_many_events_are_said_to_be_lost(void **state)
{
    static const char *const storm[] = {"apps/tests/attack_work.tbf", NULL};
    struct scene *scene = malloc(sizeof *scene);
    (void)state;
    assert_non_null(scene);
    open_scene(scene, storm);
    run_to(scene, 250 * MS);
    assert_int_equal(scene->frame->timeline.lost, 0);
    uint64_t before = scene->frame->clock.now_cycles;
    run_to(scene, 400 * MS);
    const struct view_timeline *timeline = &scene->frame->timeline;
    assert_true(timeline->lost > 0);
    assert_in_range(timeline->count, VIEW_EVENTS_MAX / 2, VIEW_EVENTS_MAX);
    assert_int_equal(timeline->events[0].kind, VIEW_EVENT_SYNC);
    for (size_t i = 1; i < timeline->count; i++) {
        assert_true(timeline->events[i].cycle >= timeline->events[i - 1].cycle);
    }
    assert_int_equal(scene->history.gap_count, 1);
    assert_int_equal(scene->history.gaps[0].begin, before);
    assert_int_equal(scene->history.gaps[0].end, timeline->events[0].cycle);
    uint64_t known = scene->frame->clock.now_cycles - timeline->events[0].cycle;
    uint64_t from = timeline->events[0].cycle >> HISTORY_FINE_SHIFT << HISTORY_FINE_SHIFT;
    uint64_t all = 0;
    for (uint16_t lane = HISTORY_KERNEL; lane < HISTORY_EXCEPTION; lane++) {
        all += view_history_busy(&scene->history, lane, from, UINT64_MAX / 2, false);
    }
    assert_int_equal(all, known);
    close_scene(scene);
    free(scene);
}

static uint64_t count_events(const struct view_history *history, enum view_event_kind kind,
                             uint16_t lane)
{
    uint64_t count = 0;
    for (uint64_t n = history->first; n < history->end; n++) {
        const struct view_event *event = view_history_event(history, n);
        count += event->kind == kind && view_history_lane_of(event) == lane;
    }
    return count;
}

static void calls_are_all_there_and_named(void **state)
{
    struct scene *scene = malloc(sizeof *scene);
    char text[160];
    uint32_t sets = 0;
    (void)state;
    assert_non_null(scene);
    open_scene(scene, busy_apps);
    run_to(scene, 1300 * MS);
    const struct process_watch *watch = machine_view_processes(scene->bench.machine);
    const struct view_history *history = &scene->history;
    for (uint16_t i = 0; i < watch->count; i++) {
        uint64_t calls = 0;
        for (size_t k = 0; k < PROCESS_WATCH_CLASSES; k++) {
            calls += watch->process[i].calls[k];
        }
        uint16_t lane = (uint16_t)(HISTORY_PROCESS + i);
        assert_int_equal(count_events(history, VIEW_EVENT_CALL, lane), calls);
        assert_int_equal(count_events(history, VIEW_EVENT_START, lane), 1);
    }
    for (uint64_t n = history->first; n < history->end; n++) {
        const struct view_event *event = view_history_event(history, n);
        if (event->kind == VIEW_EVENT_CALL) {
            view_names_call(scene->frame->timeline.names, event, text, sizeof text);
            assert_null(strstr(text, "driver 0x"));
            sets += strncmp(text, "alarm.set_", 10) == 0;
        }
    }
    assert_true(sets >= 3);
    assert_int_equal(count_events(history, VIEW_EVENT_BEGIN, HISTORY_EXCEPTION + EXC_RTC1),
                     scene->entry_count);
    assert_true(history->lanes[HISTORY_PIN + 17].seen); /* LED 1 */
    view_names_lane(scene->frame->timeline.names, VIEW_LANE_PIN, 17, text, sizeof text);
    assert_string_equal(text, "led0 P0.17");
    view_names_lane(scene->frame->timeline.names, VIEW_LANE_EXCEPTION, EXC_RTC1, text, sizeof text);
    assert_string_equal(text, "rtc1");
    close_scene(scene);
    free(scene);
}

/* Who looks changes nothing. */
static void looking_changes_nothing(void **state)
{
    struct scene *scene = malloc(sizeof *scene);
    struct snapshot_bench alone;
    const struct snapshot_guest guest = {.board = "nrf52dk", .firmware = KERNEL, .apps = busy_apps};
    (void)state;
    assert_non_null(scene);
    open_scene(scene, busy_apps);
    snapshot_bench_open(&alone, &guest);
    for (uint32_t i = 1; i <= 40; i++) {
        run_to(scene, i * 20 * MS);
        machine_run(alone.machine, i * 20 * MS);
    }
    snapshot_bench_compare_traces(&alone.trace, 0, alone.trace.count, &scene->bench.trace,
                                  "looked at");
    assert_int_equal(alone.trace.count, scene->bench.trace.count);
    snapshot_bench_close(&alone);
    close_scene(scene);
    free(scene);
}

/* The kernel's memory holds anything: nothing breaks, and what is told has ends. */
static void damaged_memory_is_borne(void **state)
{
    struct scene *scene = malloc(sizeof *scene);
    uint32_t chance = 1;
    (void)state;
    assert_non_null(scene);
    open_scene(scene, two_apps);
    run_to(scene, 600 * MS);
    const struct board *board = machine_view_board(scene->bench.machine);
    for (uint32_t i = 0; i < 3000; i++) {
        chance = chance * 1664525U + 1013904223U;
        static const uint32_t values[] = {0,          UINT32_MAX, 0x20000000,
                                          0x2000FFFC, 0x40011500, 0x80000001};
        uint32_t value = i % 2 == 0 ? values[chance % 6] : chance;
        uint32_t address = board->ram.base + (chance >> 8) % board->ram.size_bytes / 4 * 4;
        uint8_t was[4];
        machine_peek(scene->bench.machine, address, was, sizeof was);
        machine_poke(scene->bench.machine, address, &value, sizeof value);
        view_builder_fill(scene->builder, scene->frame);
        assert_true(scene->frame->timers.count <= VIEW_TIMERS_MAX);
        if (i % 3 != 0) {
            machine_poke(scene->bench.machine, address, was, sizeof was);
        }
    }
    close_scene(scene);
    free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alarms_come_when_they_are_told_to),
        cmocka_unit_test(what_ppi_does_is_told),
        cmocka_unit_test(the_core_is_always_somewhere),
        cmocka_unit_test(too_many_events_are_said_to_be_lost),
        cmocka_unit_test(calls_are_all_there_and_named),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(damaged_memory_is_borne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
