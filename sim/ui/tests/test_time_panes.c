/* The panes of timers and of time: pictures, and what buttons and keys send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"

static void test_timers(void **state)
{
    static const struct golden_options options = {.width = 400, .height = 440};
    struct view_frame *frame = sample_frame_new();
    (void)state;
    golden_check("timers", &pane_timers, frame, &options);
    free(frame);
}

static void test_clock(void **state)
{
    static const struct golden_options options = {.width = 440, .height = 190};
    struct view_frame *frame = sample_frame_new();
    (void)state;
    golden_check("clock", &pane_clock, frame, &options);
    free(frame);
}

static void test_clock_narrow(void **state)
{
    static const struct golden_options options = {.width = 260, .height = 190, .scale = 1};
    struct view_frame *frame = sample_frame_new();
    (void)state;
    frame->clock.run = VIEW_RUN_PANIC;
    golden_check("clock_narrow", &pane_clock, frame, &options);
    free(frame);
}

static void test_clock_wide(void **state)
{
    static const struct golden_options options = {
        .width = 900, .height = 110, .theme = THEME_LIGHT};
    struct view_frame *frame = sample_frame_new();
    (void)state;
    frame->clock.run = VIEW_RUN_PAUSED;
    golden_check("clock_paused", &pane_clock, frame, &options);
    frame->clock.run = VIEW_RUN_GOING;
    frame->clock.behind = true;
    frame->clock.speed_permille = 430;
    golden_check("clock_slow", &pane_clock, frame, &options);
    free(frame);
}

static void test_many_timers_scroll(void **state)
{
    static const struct golden_options options = {.width = 320, .height = 200, .focused = true};
    struct view_frame *frame = sample_frame_new();
    struct pane_rig rig;
    (void)state;
    pane_rig_open(&rig, &pane_timers, &options);
    pane_rig_take(&rig, frame);
    assert_true(pane_rig_key(&rig, UI_KEY_END, 0));
    golden_check_rig("timers_scrolled", &rig);
    assert_true(pane_rig_key(&rig, UI_KEY_HOME, 0));
    rig.context.focused = false;
    assert_false(pane_rig_key(&rig, UI_KEY_END, 0));
    pane_rig_close(&rig);
    free(frame);
}

static void test_clock_sends(void **state)
{
    struct view_frame *frame = sample_frame_new();
    struct pane_rig rig;
    (void)state;
    static const struct {
        int key;
        unsigned modifiers;
        enum view_command_kind kind;
        int32_t value;
    } cases[] = {
        {UI_KEY_F1 + 7, 0, VIEW_COMMAND_RUN_FOR, 1000},
        {UI_KEY_F1 + 7, UI_SHIFT, VIEW_COMMAND_RUN_FOR, 10000},
        {UI_KEY_F1 + 7, UI_CTRL, VIEW_COMMAND_RUN_FOR, 100000},
        {UI_KEY_F1 + 8, 0, VIEW_COMMAND_SPEED, 100},
        {UI_KEY_F1 + 8, UI_SHIFT, VIEW_COMMAND_SPEED, 10000},
        {'r', UI_CTRL, VIEW_COMMAND_RESET, 0},
    };
    pane_rig_open(&rig, &pane_clock, NULL);
    pane_rig_take(&rig, frame);
    pane_rig_draw(&rig);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rig.command_count = 0;
        assert_true(pane_rig_key(&rig, cases[i].key, cases[i].modifiers));
        assert_int_equal(rig.command_count, 1);
        assert_int_equal(rig.commands[0].kind, cases[i].kind);
        assert_int_equal(rig.commands[0].value, cases[i].value);
    }
    rig.command_count = 0;
    assert_false(pane_rig_key(&rig, 'r', 0));
    assert_false(pane_rig_key(&rig, ' ', 0)); /* the window's */
    assert_int_equal(rig.command_count, 0);
    pane_rig_close(&rig);
    free(frame);
}

struct found {
    const char *wanted;
    struct rect place;
};

static void find_place(void *context, const char *name, struct rect place)
{
    struct found *found = context;
    if (strcmp(name, found->wanted) == 0) {
        found->place = place;
    }
}

static void click(struct pane_rig *rig, const char *name)
{
    struct found found = {.wanted = name};
    const struct ui_places places = {find_place, &found};
    rig->pane->places(rig->state, rig->area, &rig->context, &places);
    assert_true(found.place.width > 0);
    rig->command_count = 0;
    pane_rig_click(rig, found.place.x + found.place.width / 2,
                   found.place.y + found.place.height / 2);
}

static void test_clock_buttons(void **state)
{
    struct view_frame *frame = sample_frame_new();
    struct pane_rig rig;
    (void)state;
    static const struct {
        const char *name;
        enum view_command_kind kind;
        int32_t value;
    } cases[] = {
        {"pause", VIEW_COMMAND_PAUSE, 0},           {"step", VIEW_COMMAND_STEP, 0},
        {"step-event", VIEW_COMMAND_STEP_EVENT, 0}, {"run-100-ms", VIEW_COMMAND_RUN_FOR, 100000},
        {"reset", VIEW_COMMAND_RESET, 0},           {"max", VIEW_COMMAND_SPEED, 0},
        {"0.01\u00d7", VIEW_COMMAND_SPEED, 10},
    };
    pane_rig_open(&rig, &pane_clock, NULL);
    pane_rig_take(&rig, frame);
    pane_rig_draw(&rig);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        click(&rig, cases[i].name);
        assert_int_equal(rig.command_count, 1);
        assert_int_equal(rig.commands[0].kind, cases[i].kind);
        assert_int_equal(rig.commands[0].value, cases[i].value);
    }
    frame->clock.run = VIEW_RUN_PAUSED;
    pane_rig_take(&rig, frame);
    click(&rig, "pause");
    assert_int_equal(rig.commands[0].kind, VIEW_COMMAND_GO);
    pane_rig_close(&rig);
    free(frame);
}

/* Whatever size, and whatever a machine may say. */
static void test_absurd_sizes(void **state)
{
    struct view_frame *frame = sample_frame_new();
    static const uint32_t sizes[] = {1, 17, 60, 200, 1500};
    static const struct pane_class *const panes[] = {&pane_clock, &pane_timers, &pane_timeline};
    (void)state;
    frame->clock.next_event_cycles = UINT64_MAX;
    frame->clock.next_event_owner = NULL;
    frame->timers.timers[0].begun_cycles = UINT64_MAX;
    frame->timers.timers[1].period_cycles = UINT64_MAX;
    for (size_t i = 0; i < 5 * 5 * 3; i++) {
        const struct golden_options options = {
            .width = sizes[i % 5] + 20, .height = sizes[i / 5 % 5] + 20, .presenting = i % 2 == 0};
        struct pane_rig rig;
        pane_rig_open(&rig, panes[i / 25], &options);
        pane_rig_take(&rig, frame);
        pane_rig_draw(&rig);
        pane_rig_click(&rig, rig.area.x + rig.area.width / 2, rig.area.y + rig.area.height / 2);
        pane_rig_key(&rig, '+', 0);
        pane_rig_draw(&rig);
        pane_rig_close(&rig);
    }
    free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_clock_narrow),
        cmocka_unit_test(test_clock_wide),
        cmocka_unit_test(test_many_timers_scroll),
        cmocka_unit_test(test_clock_sends),
        cmocka_unit_test(test_clock_buttons),
        cmocka_unit_test(test_absurd_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
