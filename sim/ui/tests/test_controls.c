/* The Controls pane: numbers, what the mouse and the keys send, and how it looks. */
#include "sim/ui/controls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"

static const struct view_control celsius = {.decimals = 2,
                                            .minimum = -4000,
                                            .maximum = 8500,
                                            .usual_minimum = -2000,
                                            .usual_maximum = 6000};
static const struct view_control whole = {
    .minimum = INT32_MIN, .maximum = INT32_MAX, .usual_minimum = 0, .usual_maximum = 100};

static void test_reading_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int32_t value;
    } cases[] = {{"21.5", true, 2150},
                 {"21,5", true, 2150},
                 {"-7", true, -700},
                 {"0.07", true, 7},
                 {"-.25", true, -25},
                 {"21.559", true, 2155},
                 {"85", true, 8500},
                 {"85.01", true, 8500},
                 {"-999999999999999", true, -4000},
                 {"999999999999999999999999999999", true, 8500},
                 {"", false, 0},
                 {"-", false, 0},
                 {".", false, 0},
                 {"1.2.3", false, 0},
                 {"2x", false, 0},
                 {"--1", false, 0},
                 {"1-", false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t value = 0;
        bool good = control_parse(&celsius, cases[i].text, &value);
        if (good != cases[i].good || (good && value != cases[i].value)) {
            fail_msg("'%s' is %d", cases[i].text, value);
        }
    }
    int32_t value = 0;
    assert_true(control_parse(&whole, "2147483648", &value));
    assert_int_equal(value, INT32_MAX);
    assert_true(control_parse(&whole, "-2147483648", &value));
    assert_int_equal(value, INT32_MIN);
}

static void test_steps(void **state)
{
    (void)state;
    static const struct {
        int32_t low, high, step;
    } cases[] = {{-2000, 6000, 50}, {0, 100, 1},     {0, 5, 1},  {0, 2000, 20},
                 {2500, 4500, 20},  {0, 20000, 200}, {0, 0, 1},  {INT32_MIN, INT32_MAX, 20000000},
                 {0, 99, 1},        {0, 1000, 10},   {0, 499, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct view_control control = {.minimum = INT32_MIN,
                                             .maximum = INT32_MAX,
                                             .usual_minimum = cases[i].low,
                                             .usual_maximum = cases[i].high};
        assert_int_equal(control_step(&control), cases[i].step);
    }
}

static void test_slider_and_value_agree(void **state)
{
    (void)state;
    assert_int_equal(control_value_at(&celsius, 0), -2000);
    assert_int_equal(control_value_at(&celsius, 1), 6000);
    assert_int_equal(control_value_at(&celsius, -3), -2000);
    assert_int_equal(control_value_at(&celsius, 3), 6000);
    assert_int_equal(control_value_at(&celsius, 0.25F), 0);
    /* What a slider gives stands where it was clicked, to within half of its steps. */
    for (int i = 0; i <= 1000; i++) {
        float position = (float)i / 1000;
        int32_t value = control_value_at(&celsius, position);
        assert_true(value >= celsius.usual_minimum && value <= celsius.usual_maximum);
        assert_true(abs(value - (int32_t)(position * 8000 - 2000)) <= 10);
        assert_int_equal(value % 10, 0);
    }
    static const struct view_control full = {.minimum = INT32_MIN,
                                             .maximum = INT32_MAX,
                                             .usual_minimum = INT32_MIN,
                                             .usual_maximum = INT32_MAX};
    assert_int_equal(control_value_at(&full, 0), INT32_MIN);
    assert_int_equal(control_value_at(&full, 1), INT32_MAX);
    static const struct view_control point = {
        .minimum = 3, .maximum = 3, .usual_minimum = 3, .usual_maximum = 3};
    assert_int_equal(control_value_at(&point, 0.7F), 3);
    assert_int_equal(control_clamp(&point, INT64_MAX), 3);
}

/* ---- the pane ---- */

static struct pane_rig rig;
static struct view_frame *frame;

static int open_pane(void **state)
{
    static const struct golden_options options = {.width = 420, .height = 240, .focused = true};
    (void)state;
    frame = sample_frame_new();
    assert_non_null(frame);
    pane_rig_open(&rig, &pane_controls, &options);
    pane_rig_take(&rig, frame);
    pane_rig_draw(&rig);
    return 0;
}

static int close_pane(void **state)
{
    (void)state;
    pane_rig_close(&rig);
    free(frame);
    return 0;
}

static struct control_row row(size_t index)
{
    return controls_row(rig.state, &frame->parts, rig.area, index);
}

static void mouse(enum ui_event_kind kind, float x, float y)
{
    pane_rig_event(&rig, &(struct ui_event){.kind = kind, .x = x, .y = y, .button = 1});
}

static void check_sent(size_t count, const char *input, int32_t value)
{
    assert_int_equal(rig.command_count, count);
    const struct view_command *last = &rig.commands[count - 1];
    assert_int_equal(last->kind, VIEW_COMMAND_INPUT);
    assert_string_equal(last->input, input);
    assert_int_equal(last->value, value);
}

static void test_dragging(void **state)
{
    (void)state;
    struct rect slider = row(0).slider;
    float y = slider.y + slider.height / 2;
    mouse(UI_MOUSE_DOWN, slider.x + slider.width / 2, y);
    check_sent(1, "light", 1000);
    assert_int_equal(rig.commands[0].device, 10);
    mouse(UI_MOUSE_MOVE, slider.x + slider.width / 4, y + 500);
    check_sent(2, "light", 500);
    mouse(UI_MOUSE_MOVE, slider.x + slider.width / 4, y + 501);
    assert_int_equal(rig.command_count, 2); /* the same value is not sent again */
    mouse(UI_MOUSE_MOVE, slider.x + slider.width * 9, y);
    check_sent(3, "light", 2000);
    mouse(UI_MOUSE_UP, slider.x, y);
    mouse(UI_MOUSE_MOVE, slider.x, y);
    assert_int_equal(rig.command_count, 3);
}

/* Until the machine has taken it the slider stays where it was let go. */
static void test_what_was_sent_is_shown(void **state)
{
    (void)state;
    struct controls_state *controls = rig.state;
    struct rect slider = row(0).slider;
    mouse(UI_MOUSE_DOWN, slider.x + slider.width / 2, slider.y + 4);
    mouse(UI_MOUSE_UP, slider.x, slider.y);
    pane_rig_take(&rig, frame);
    assert_int_equal(controls_shown(controls, &frame->parts, 0), 1000);
    frame->parts.controls[0].value = 1000;
    pane_rig_take(&rig, frame);
    assert_int_equal(controls_shown(controls, &frame->parts, 0), 1000);
    /* A script sets it. */
    frame->parts.controls[0].value = 77;
    pane_rig_take(&rig, frame);
    assert_int_equal(controls_shown(controls, &frame->parts, 0), 77);
    /* A machine that does not take it has the last word. */
    mouse(UI_MOUSE_DOWN, slider.x + slider.width / 2, slider.y + 4);
    mouse(UI_MOUSE_UP, slider.x, slider.y);
    assert_int_equal(controls_shown(controls, &rig.frame->parts, 0), 1000);
    frame->clock.now_cycles += frame->clock.cpu_hz;
    pane_rig_take(&rig, frame);
    assert_int_equal(controls_shown(controls, &frame->parts, 0), 77);
}

static void test_keys_and_wheel(void **state)
{
    (void)state;
    assert_false(pane_rig_key(&rig, UI_KEY_RIGHT, 0)); /* nothing is chosen */
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    pane_rig_key(&rig, UI_KEY_RIGHT, 0);
    check_sent(1, "light", 440);
    pane_rig_key(&rig, UI_KEY_RIGHT, 0); /* the machine has not taken the first yet */
    check_sent(2, "light", 460);
    pane_rig_key(&rig, UI_KEY_PAGE_DOWN, 0);
    check_sent(3, "light", 260);
    pane_rig_key(&rig, UI_KEY_LEFT, UI_SHIFT);
    check_sent(4, "light", 258);
    pane_rig_key(&rig, UI_KEY_HOME, 0);
    check_sent(5, "light", 0);
    pane_rig_key(&rig, UI_KEY_LEFT, 0); /* there is nothing below */
    assert_int_equal(rig.command_count, 5);
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0); /* the last stays chosen */
    pane_rig_key(&rig, UI_KEY_END, 0);
    check_sent(6, "temperature", 6000);
    struct rect slider = row(1).slider;
    pane_rig_event(
        &rig,
        &(struct ui_event){.kind = UI_WHEEL, .x = slider.x + 4, .y = slider.y + 4, .delta_y = -2});
    check_sent(7, "temperature", 5900);
    rig.context.focused = false;
    assert_false(pane_rig_key(&rig, UI_KEY_LEFT, 0));
    assert_int_equal(rig.command_count, 7);
}

static void test_typing(void **state)
{
    (void)state;
    struct control_row place = row(1);
    pane_rig_click(&rig, place.value.x + 4, place.value.y + 4);
    pane_rig_type(&rig, "21.75x");
    /* Digits belong to the number and not to the buttons of the board. */
    assert_true(pane_rig_key(&rig, '1', 0));
    pane_rig_key(&rig, UI_KEY_BACKSPACE, 0);
    assert_int_equal(rig.command_count, 0);
    pane_rig_key(&rig, UI_KEY_ENTER, 0);
    check_sent(1, "temperature", 2170);
    pane_rig_type(&rig, "4");
    pane_rig_key(&rig, UI_KEY_ESCAPE, 0);
    assert_int_equal(rig.command_count, 1);
    pane_rig_type(&rig, "9999999999999999999999999");
    pane_rig_key(&rig, UI_KEY_ENTER, 0);
    check_sent(2, "temperature", 8500);
    assert_non_null(strstr(rig.said, "temperature takes -40.00 to 85.00 °C"));
}

static void test_things_that_happen_and_turn(void **state)
{
    (void)state;
    frame->parts.controls[0].kind = VIEW_CONTROL_ONCE;
    frame->parts.controls[0].minimum = 0;
    frame->parts.controls[1].kind = VIEW_CONTROL_TURN;
    frame->parts.controls[1].value = -300;
    pane_rig_take(&rig, frame);
    struct control_row place = row(0);
    pane_rig_click(&rig, place.value.x + 4, place.value.y + 4);
    pane_rig_type(&rig, "12");
    pane_rig_key(&rig, UI_KEY_ENTER, 0);
    assert_int_equal(rig.command_count, 0);
    pane_rig_click(&rig, place.label.x + 4, place.label.y + 8);
    check_sent(1, "light", 12);
    pane_rig_click(&rig, place.label.x + 4, place.label.y + 8);
    check_sent(2, "light", 12);
    /* A knob is told how far it is turned, each time from where it will stand then. */
    struct rect slider = row(1).slider;
    mouse(UI_MOUSE_DOWN, slider.x + slider.width / 2, slider.y + 4); /* 2000 */
    check_sent(3, "temperature", 2300);
    mouse(UI_MOUSE_MOVE, slider.x + slider.width / 4, slider.y + 4); /* 0 */
    check_sent(4, "temperature", -2000);
    mouse(UI_MOUSE_UP, slider.x, slider.y);
}

static void test_looks(void **state)
{
    static const struct golden_options light = {.width = 260, .height = 220, .theme = THEME_LIGHT};
    (void)state;
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    pane_rig_type(&rig, "125");
    pane_rig_draw(&rig);
    golden_check_canvas("controls_typing", rig.canvas);
    frame->parts.controls[0].value = 5000;
    golden_check("controls_narrow", &pane_controls, frame, &light);
    frame->parts.control_count = 0;
    golden_check("controls_none", &pane_controls, frame, &light);
}

static void test_absurd_areas(void **state)
{
    (void)state;
    static const float sides[] = {0, 1, 50, 1.0e6F};
    for (size_t i = 0; i < 16; i++) {
        rig.area.width = sides[i % 4];
        rig.area.height = sides[i / 4];
        pane_rig_draw(&rig);
        pane_rig_click(&rig, rig.area.x + rig.area.width / 2, rig.area.y + 40);
        pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading_numbers),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_slider_and_value_agree),
        cmocka_unit_test_setup_teardown(test_dragging, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_what_was_sent_is_shown, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_keys_and_wheel, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_typing, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_things_that_happen_and_turn, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_looks, open_pane, close_pane),
        cmocka_unit_test_setup_teardown(test_absurd_areas, open_pane, close_pane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
