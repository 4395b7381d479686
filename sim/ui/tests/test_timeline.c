/* The timeline pane: pictures at three zooms, and what keys and the mouse do. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"
#include "sim/ui/time_text.h"
#include "sim/ui/timeline_view.h"

static const struct golden_options wide = {
    .width = 960, .height = 400, .scale = 1, .focused = true};

static void open_rig(struct pane_rig *rig, const struct golden_options *options)
{
    struct view_frame *frame = sample_frame_new();
    pane_rig_open(rig, &pane_timeline, options);
    pane_rig_take(rig, frame);
    free(frame);
}

static void test_seconds(void **state)
{
    struct pane_rig rig;
    (void)state;
    open_rig(&rig, &wide);
    golden_check_rig("timeline_seconds", &rig);
    pane_rig_close(&rig);
}

#define BEGIN (12 * 64000000ULL)
#define MS    64000ULL

static struct timeline_pane *pane_of(const struct pane_rig *rig)
{
    return rig->state;
}

static void zoom_to(struct pane_rig *rig, uint64_t begin, uint64_t end)
{
    struct timeline_pane *pane = rig->state;
    pane->standing = true;
    pane->span = (double)(end - begin);
    pane->end = (double)end;
}

static void test_calls(void **state)
{
    struct pane_rig rig;
    (void)state;
    open_rig(&rig, &wide);
    zoom_to(&rig, BEGIN + 69 * MS + MS / 2, BEGIN + 75 * MS);
    golden_check_rig("timeline_calls", &rig);
    pane_rig_close(&rig);
}

/* Where a cycle is on the screen, in the row of a lane. */
static void place_of(const struct pane_rig *rig, uint16_t lane, uint64_t cycle, float *x, float *y)
{
    struct timeline_layout layout;
    timeline_lay_out(rig->state, rig->area, &layout);
    *x = timeline_x(&layout, (double)cycle);
    *y = 0;
    for (size_t i = 0; i < layout.lane_count; i++) {
        if (layout.lanes[i] == lane) {
            *y = timeline_row_y(rig->state, &layout, i) + layout.row / 2;
        }
    }
    assert_true(*y > 0);
}

static uint64_t find_call(const struct pane_rig *rig, uint16_t lane, uint32_t call_class)
{
    const struct view_history *history = &pane_of(rig)->history;
    uint64_t number = history->first;
    const struct view_event *event = view_history_event(history, number);
    while (event->kind != VIEW_EVENT_CALL || event->number != call_class ||
           view_history_lane_of(event) != lane) {
        event = view_history_event(history, ++number);
    }
    return number;
}

#define BLINK_LANE  HISTORY_PROCESS
#define SENSOR_LANE (HISTORY_PROCESS + 1)

/* Single cycles: an LED's toggle chosen with the mouse, its details beside it. */
static void test_details(void **state)
{
    struct pane_rig rig;
    struct timeline_card card;
    float x;
    float y;
    (void)state;
    open_rig(&rig, &wide);
    uint64_t number = find_call(&rig, BLINK_LANE, 2);
    uint64_t cycle = view_history_event(&pane_of(&rig)->history, number)->cycle;
    zoom_to(&rig, cycle - 1700, cycle + 2300);
    pane_rig_draw(&rig);
    place_of(&rig, BLINK_LANE, cycle + 150, &x, &y);
    pane_rig_click(&rig, x, y);
    assert_true(pane_of(&rig)->card);
    assert_int_equal(pane_of(&rig)->choice.kind, TIMELINE_CALL);
    assert_int_equal(pane_of(&rig)->choice.number, number);
    assert_true(timeline_describe(rig.state, &pane_of(&rig)->choice, &card));
    assert_string_equal(card.title, "led.toggle(0, 0)");
    assert_string_equal(card.rows[0].value, "blink");
    assert_string_equal(card.rows[card.count - 1].name, "cycles");
    assert_string_equal(card.rows[card.count - 1].value, "424"); /* 34 of SVCall, then 390 */
    rig.context.mouse_x = -1e6F;
    golden_check_rig("timeline_details", &rig);
    pane_rig_close(&rig);
}

static void test_measure(void **state)
{
    static const struct golden_options light = {
        .width = 1200, .height = 640, .scale = 2, .theme = THEME_LIGHT};
    struct pane_rig rig;
    float x0;
    float x1;
    float y;
    (void)state;
    open_rig(&rig, &light);
    zoom_to(&rig, BEGIN + 100 * MS, BEGIN + 300 * MS);
    place_of(&rig, SENSOR_LANE, BEGIN + 130 * MS, &x0, &y);
    place_of(&rig, SENSOR_LANE, BEGIN + 230 * MS, &x1, &y);
    struct ui_event event = {
        .kind = UI_MOUSE_DOWN, .button = 1, .modifiers = UI_SHIFT, .x = x0, .y = y};
    assert_true(pane_rig_event(&rig, &event));
    event.kind = UI_MOUSE_MOVE;
    event.x = x1;
    assert_true(pane_rig_event(&rig, &event));
    event.kind = UI_MOUSE_UP;
    assert_true(pane_rig_event(&rig, &event));
    const struct timeline_pane *pane = rig.state;
    assert_true(pane->has_mark[0] && pane->has_mark[1]);
    assert_in_range(pane->mark[1] - pane->mark[0], 100 * MS - MS, 100 * MS + MS);
    golden_check_rig("timeline_measure", &rig);
    pane_rig_close(&rig);
}

static void test_keys(void **state)
{
    struct pane_rig rig;
    (void)state;
    open_rig(&rig, &wide);
    pane_rig_draw(&rig);
    const struct timeline_pane *pane = rig.state;
    assert_true(pane_rig_key(&rig, '+', 0));
    assert_false(pane->standing); /* it goes on following */
    double span = pane->span;
    assert_true(pane_rig_key(&rig, '-', 0));
    assert_true(pane->span > span);
    assert_true(pane_rig_key(&rig, UI_KEY_LEFT, 0));
    assert_true(pane->standing);
    assert_true(pane_rig_key(&rig, UI_KEY_END, 0));
    assert_false(pane->standing);
    assert_true(pane_rig_key(&rig, '+', 0));
    assert_true(pane_rig_key(&rig, '+', 0));
    assert_true(pane_rig_key(&rig, UI_KEY_HOME, 0));
    assert_true(pane->end < (double)pane->history.now_cycles);
    assert_true(pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0));
    assert_int_equal(pane->row, 1); /* blink */
    assert_true(pane_rig_key(&rig, 'n', 0));
    uint64_t first = pane->choice.cycle;
    assert_int_equal(pane->choice.lane, BLINK_LANE);
    assert_true(pane_rig_key(&rig, 'n', 0));
    uint64_t second = pane->choice.cycle;
    assert_true(second > first);
    assert_true(pane_rig_key(&rig, 'p', 0));
    assert_int_equal(pane->choice.cycle, first);
    assert_true(pane_rig_key(&rig, UI_KEY_ENTER, 0));
    assert_true(pane->card);
    assert_true(pane_rig_key(&rig, 'm', 0));
    assert_true(pane_rig_key(&rig, 'n', 0));
    assert_true(pane_rig_key(&rig, 'm', 0));
    assert_int_equal(pane->mark[1] - pane->mark[0], second - first);
    assert_true(pane_rig_key(&rig, UI_KEY_ESCAPE, 0));
    assert_false(pane->card || pane->has_mark[0]);
    assert_false(pane_rig_key(&rig, UI_KEY_ESCAPE, 0));
    assert_true(pane_rig_key(&rig, 'f', 0));
    rig.context.focused = false;
    assert_false(pane_rig_key(&rig, '+', 0));
    pane_rig_close(&rig);
}

/* The wheel keeps what is under the mouse where it is, down to a few cycles and up to all. */
static void test_wheel(void **state)
{
    struct pane_rig rig;
    struct timeline_layout layout;
    (void)state;
    open_rig(&rig, &wide);
    pane_rig_draw(&rig);
    zoom_to(&rig, BEGIN + 200 * MS, BEGIN + 900 * MS);
    timeline_lay_out(rig.state, rig.area, &layout);
    double wanted = timeline_cycle(&layout, 500);
    struct ui_event event = {.kind = UI_WHEEL, .x = 500, .y = 120, .delta_y = 1};
    for (int i = 0; i < 90; i++) {
        assert_true(pane_rig_event(&rig, &event));
        timeline_lay_out(rig.state, rig.area, &layout);
        assert_true(fabs(timeline_cycle(&layout, 500) - wanted) < 1);
        pane_rig_draw(&rig);
    }
    assert_true(layout.span <= 33);
    event.delta_y = -1;
    for (int i = 0; i < 120; i++) {
        assert_true(pane_rig_event(&rig, &event));
        pane_rig_draw(&rig);
    }
    timeline_lay_out(rig.state, rig.area, &layout);
    assert_true(layout.span >= (double)pane_of(&rig)->history.now_cycles - (double)BEGIN);
    pane_rig_close(&rig);
}

static void test_texts(void **state)
{
    char text[48];
    (void)state;
    assert_string_equal(time_text_span(1, 64000000, text, sizeof text), "15 ns");
    assert_string_equal(time_text_span(640, 64000000, text, sizeof text), "10.0 \u00b5s");
    assert_string_equal(time_text_span(12345 * MS / 1000, 64000000, text, sizeof text), "12.3 ms");
    assert_string_equal(time_text_span(125 * 64000000ULL, 64000000, text, sizeof text), "2:05 min");
    assert_string_equal(time_text_span(4000 * 64000000ULL, 64000000, text, sizeof text),
                        "1:06:40 h");
    assert_string_equal(time_text_at(3 * 64000000ULL + 64, 64000000, 6, text, sizeof text),
                        "3.000\u2009001 s");
    assert_string_equal(time_text_number(1234567, text, sizeof text), "1,234,567");
    assert_string_equal(time_text_number(UINT64_MAX, text, sizeof text),
                        "18,446,744,073,709,551,615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seconds), cmocka_unit_test(test_calls),
        cmocka_unit_test(test_details), cmocka_unit_test(test_measure),
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_wheel),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
