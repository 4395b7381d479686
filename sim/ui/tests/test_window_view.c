/* The window without a window: keys and mouse through the view, who gets what, absurd sizes, and
 * what all of it looks like. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"
#include "sim/ui/ui_picture.h"
#include "sim/ui/window_view.h"

#define COMMANDS_MAX 200

struct bench {
    struct window_view view;
    struct canvas *canvas;
    struct view_frame *frame;
    struct view_command commands[COMMANDS_MAX];
    size_t command_count;
    bool full_screen, closed;
};

static void keep_command(void *host, const struct view_command *command)
{
    struct bench *bench = host;
    if (bench->command_count < COMMANDS_MAX) {
        bench->commands[bench->command_count++] = *command;
    }
}

static void ignore_text(void *host, const char *text)
{
    (void)host;
    (void)text;
}

static const char *some_text(void *host)
{
    (void)host;
    return "text";
}

static void set_full_screen(void *host, bool on)
{
    struct bench *bench = host;
    bench->full_screen = on;
}

static void note_close(void *host)
{
    struct bench *bench = host;
    bench->closed = true;
}

static struct bench *open_sized(uint32_t width, uint32_t height, float scale, bool presenting)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->view.host = (struct window_host){.host = bench,
                                            .send = keep_command,
                                            .set_clipboard = ignore_text,
                                            .clipboard = some_text,
                                            .set_full_screen = set_full_screen,
                                            .close = note_close};
    struct sim_error error = {0};
    bench->canvas = canvas_for_picture(width, height, scale, &error);
    if (bench->canvas == NULL || !window_view_open(&bench->view, presenting, &error)) {
        fail_msg("%s", error.text);
    }
    bench->frame = sample_frame_new();
    assert_non_null(bench->frame);
    window_view_take(&bench->view, bench->frame);
    window_view_draw(&bench->view, bench->canvas);
    return bench;
}

static struct bench *open_bench(void)
{
    return open_sized(1280, 800, 1, false);
}

static void close_bench(struct bench *bench)
{
    window_view_close(&bench->view);
    canvas_destroy(bench->canvas);
    free(bench->frame);
    free(bench);
}

static void press_key(struct bench *bench, int key, unsigned modifiers)
{
    struct ui_event event = {.kind = UI_KEY_DOWN, .key = key, .modifiers = modifiers};
    window_view_event(&bench->view, &event);
    event.kind = UI_KEY_UP;
    window_view_event(&bench->view, &event);
    window_view_draw(&bench->view, bench->canvas);
}

static void type(struct bench *bench, const char *text)
{
    struct ui_event event = {.kind = UI_KEY_DOWN, .key = text[0]};
    window_view_event(&bench->view, &event);
    struct ui_event typed = {.kind = UI_TEXT};
    snprintf(typed.text, sizeof typed.text, "%s", text);
    window_view_event(&bench->view, &typed);
    event.kind = UI_KEY_UP;
    window_view_event(&bench->view, &event);
}

static void mouse(struct bench *bench, enum ui_event_kind kind, float x, float y, int clicks)
{
    const struct ui_event event = {.kind = kind, .x = x, .y = y, .button = 1, .clicks = clicks};
    window_view_event(&bench->view, &event);
    window_view_draw(&bench->view, bench->canvas);
}

static size_t texts_sent(const struct bench *bench)
{
    size_t count = 0;
    for (size_t i = 0; i < bench->command_count; i++) {
        count += bench->commands[i].kind == VIEW_COMMAND_TEXT ? 1 : 0;
    }
    return count;
}

static const struct layout_slot *slot_of(struct bench *bench, const struct pane_class *pane)
{
    return layout_slot_of(&bench->view.plan, pane_set_index(pane));
}

static void test_typing_goes_to_the_focused_terminal_only(void **state)
{
    (void)state;
    struct bench *bench = open_bench();
    type(bench, "x"); /* the board has the focus */
    assert_int_equal(texts_sent(bench), 0);
    const struct layout_slot *terminal = slot_of(bench, &pane_console);
    mouse(bench, UI_MOUSE_DOWN, terminal->body.x + 40, terminal->body.y + 20, 1);
    mouse(bench, UI_MOUSE_UP, terminal->body.x + 40, terminal->body.y + 20, 1);
    assert_ptr_equal(pane_list[bench->view.layout.focus], &pane_console);
    bench->command_count = 0;
    type(bench, "1"); /* would press a button of the board */
    type(bench, " "); /* would pause */
    assert_int_equal(texts_sent(bench), 2);
    assert_int_equal(bench->command_count, 2);
    press_key(bench, UI_KEY_TAB, 0);
    type(bench, "x");
    assert_int_equal(texts_sent(bench), 2);
    bench->command_count = 0;
    type(bench, " "); /* pauses, when nobody types */
    assert_int_equal(bench->command_count, 1);
    assert_int_equal(bench->commands[0].kind, VIEW_COMMAND_PAUSE);
    close_bench(bench);
}

static void test_run_keys_work_whoever_has_the_focus(void **state)
{
    (void)state;
    struct bench *bench = open_bench();
    for (size_t i = 0; i < pane_list_count; i++) {
        press_key(bench, '1' + (int)i, UI_ALT);
        assert_int_equal(bench->view.layout.focus, i);
        bench->command_count = 0;
        press_key(bench, UI_KEY_F1 + 4, 0);
        press_key(bench, UI_KEY_F1 + 5, 0);
        press_key(bench, UI_KEY_F1 + 9, 0);
        press_key(bench, UI_KEY_F1 + 9, UI_SHIFT);
        assert_int_equal(bench->command_count, 4);
        assert_int_equal(bench->commands[0].kind, VIEW_COMMAND_GO);
        assert_int_equal(bench->commands[1].kind, VIEW_COMMAND_PAUSE);
        assert_int_equal(bench->commands[2].kind, VIEW_COMMAND_STEP_EVENT);
        assert_int_equal(bench->commands[3].kind, VIEW_COMMAND_STEP);
    }
    close_bench(bench);
}

static void test_window_keys(void **state)
{
    (void)state;
    struct bench *bench = open_bench();
    press_key(bench, UI_KEY_F1 + 1, 0);
    assert_int_equal(bench->view.theme, THEME_LIGHT);
    press_key(bench, UI_KEY_F1 + 10, 0);
    assert_true(bench->full_screen);
    press_key(bench, UI_KEY_F1, 0);
    assert_true(bench->view.help);
    bench->command_count = 0;
    type(bench, "1"); /* the keys lie over all */
    assert_int_equal(bench->command_count, 0);
    press_key(bench, UI_KEY_ESCAPE, 0);
    assert_false(bench->view.help);
    press_key(bench, '+', UI_CTRL);
    assert_true(bench->view.zoom > 1.05F);
    for (int i = 0; i < 100; i++) {
        press_key(bench, '-', UI_CTRL);
    }
    assert_float_equal(bench->view.zoom, WINDOW_VIEW_ZOOM_MIN, 0.01);
    press_key(bench, '5', UI_ALT | UI_SHIFT);
    assert_true(bench->view.layout.hidden[4]);
    assert_null(slot_of(bench, pane_list[4]));
    press_key(bench, '5', UI_ALT);
    assert_non_null(slot_of(bench, pane_list[4]));
    press_key(bench, 'm', UI_CTRL);
    assert_int_equal(bench->view.plan.slot_count, 1);
    press_key(bench, 'm', UI_CTRL);
    assert_true(bench->view.plan.slot_count > 1);
    press_key(bench, '0', UI_CTRL);
    assert_float_equal(bench->view.zoom, 1, 0.01);
    for (size_t i = 0; i < pane_list_count; i++) {
        press_key(bench, '1' + (int)i, UI_ALT | UI_SHIFT);
    }
    assert_int_equal(bench->view.plan.slot_count, 0);
    type(bench, "a");
    press_key(bench, UI_KEY_TAB, 0);
    press_key(bench, UI_KEY_LEFT, UI_CTRL);
    press_key(bench, '1', UI_ALT);
    assert_int_equal(bench->view.plan.slot_count, 1);
    press_key(bench, 'q', UI_CTRL);
    assert_true(bench->closed);
    close_bench(bench);
}

static void test_mouse_in_titles_and_splitters(void **state)
{
    (void)state;
    struct bench *bench = open_bench();
    struct rect title = slot_of(bench, &pane_memory)->title;
    mouse(bench, UI_MOUSE_DOWN, title.x + 20, title.y + 10, 1);
    mouse(bench, UI_MOUSE_UP, title.x + 20, title.y + 10, 1);
    assert_ptr_equal(pane_list[bench->view.layout.focus], &pane_memory);
    mouse(bench, UI_MOUSE_DOWN, title.x + 20, title.y + 10, 2);
    assert_true(bench->view.layout.maximised);
    title = slot_of(bench, &pane_memory)->title;
    mouse(bench, UI_MOUSE_DOWN, title.x + 20, title.y + 10, 2);
    assert_false(bench->view.layout.maximised);
    title = slot_of(bench, &pane_memory)->title;
    mouse(bench, UI_MOUSE_DOWN, title.x + title.width - 10, title.y + 10, 1);
    assert_true(bench->view.layout.hidden[pane_set_index(&pane_memory)]);
    mouse(bench, UI_MOUSE_UP, 0, 0, 1);
    struct rect timeline = slot_of(bench, &pane_timeline)->whole;
    mouse(bench, UI_MOUSE_MOVE, 600, timeline.y - 3, 1);
    assert_int_equal(window_view_pointer(&bench->view), WINDOW_POINTER_STACKED);
    mouse(bench, UI_MOUSE_DOWN, 600, timeline.y - 3, 1);
    mouse(bench, UI_MOUSE_MOVE, 620, timeline.y - 23, 1);
    mouse(bench, UI_MOUSE_UP, 620, timeline.y - 23, 1);
    assert_float_equal(slot_of(bench, &pane_timeline)->whole.y, timeline.y - 20, 1.01);
    mouse(bench, UI_MOUSE_MOVE, 620, timeline.y - 200, 1); /* let go: it follows no more */
    assert_float_equal(slot_of(bench, &pane_timeline)->whole.y, timeline.y - 20, 1.01);
    close_bench(bench);
}

/* A button of the board that is held when the window loses the keyboard is let go. */
static void test_nothing_stays_pressed(void **state)
{
    (void)state;
    struct bench *bench = open_bench();
    bench->command_count = 0;
    struct ui_event event = {.kind = UI_KEY_DOWN, .key = '1'};
    window_view_event(&bench->view, &event);
    assert_int_equal(bench->command_count, 1);
    assert_string_equal(bench->commands[0].input, "press");
    event = (struct ui_event){.kind = UI_LET_GO};
    window_view_event(&bench->view, &event);
    assert_int_equal(bench->command_count, 2);
    assert_string_equal(bench->commands[1].input, "release");
    /* Likewise when the keys go to another pane in between. */
    event = (struct ui_event){.kind = UI_KEY_DOWN, .key = '1'};
    window_view_event(&bench->view, &event);
    press_key(bench, '2', UI_ALT);
    assert_int_equal(bench->command_count, 4);
    assert_string_equal(bench->commands[3].input, "release");
    close_bench(bench);
}

static void test_absurd_sizes(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1},     {16000, 3}, {3, 9000}, {160, 160},
                                        {320, 240}, {50, 700},  {700, 50}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int variant = 0; variant < 4; variant++) {
            struct bench *bench =
                open_sized(sizes[i][0], sizes[i][1], variant % 2 == 0 ? 1 : 2.5F, variant >= 2);
            for (size_t pane = 0; pane < pane_list_count; pane++) {
                press_key(bench, '1' + (int)pane, UI_ALT);
                press_key(bench, UI_KEY_DOWN_ARROW, 0);
                press_key(bench, 'm', UI_CTRL);
                press_key(bench, 'm', UI_CTRL);
                window_view_draw_pane(&bench->view, bench->canvas, pane_list[pane]);
            }
            for (int step = 0; step < 20; step++) {
                mouse(bench, step % 3 == 0 ? UI_MOUSE_DOWN : UI_MOUSE_UP, (float)(step * 37),
                      (float)(step * 23), 1 + step % 2);
            }
            press_key(bench, UI_KEY_F1, 0);
            close_bench(bench);
        }
    }
}

static void test_before_the_first_frame(void **state)
{
    (void)state;
    struct bench *bench = open_bench();
    window_view_close(&bench->view);
    struct sim_error error = {0};
    assert_true(window_view_open(&bench->view, false, &error));
    window_view_draw(&bench->view, bench->canvas);
    for (size_t pane = 0; pane < pane_list_count; pane++) {
        press_key(bench, '1' + (int)pane, UI_ALT);
        press_key(bench, UI_KEY_ENTER, 0);
        type(bench, "1");
    }
    close_bench(bench);
}

static void test_pictures(void **state)
{
    (void)state;
    struct sim_error error = {0};
    struct ui_picture_options options = {.path = "/nowhere/picture.png", .pane = "kitchen"};
    assert_null(ui_picture_create(&options, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, "kitchen"));
    assert_non_null(strstr(error.text, "timeline"));
    error = (struct sim_error){0};
    options = (struct ui_picture_options){.path = "/nowhere/picture.png", .width = 20, .height = 9};
    assert_null(ui_picture_create(&options, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    error = (struct sim_error){0};
    options = (struct ui_picture_options){.path = "/nowhere/picture.png"};
    struct ui_picture *picture = ui_picture_create(&options, &error);
    assert_non_null(picture);
    assert_false(ui_picture_write(picture, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    ui_picture_destroy(picture);
}

static void check_golden(const char *name, struct bench *bench)
{
    window_view_draw(&bench->view, bench->canvas);
    golden_check_canvas(name, bench->canvas);
    close_bench(bench);
}

/* All panes together; how each looks is its own test's. */
static void test_golden(void **state)
{
    (void)state;
    check_golden("window_dark", open_bench());
    struct bench *bench = open_sized(1600, 1000, 1.25F, false);
    bench->view.theme = THEME_LIGHT;
    check_golden("window_light_1_25", bench);
    bench = open_sized(1280, 800, 1, true);
    snprintf(bench->frame->clock.message, sizeof bench->frame->clock.message,
             "spy writes where it may not: the MPU refuses");
    check_golden("window_presenting", bench);
    check_golden("window_small", open_sized(640, 480, 1, false));
    bench = open_bench();
    bench->frame->clock.run = VIEW_RUN_PAUSED;
    bench->frame->clock.behind = true;
    press_key(bench, UI_KEY_F1, 0);
    check_golden("window_keys", bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_goes_to_the_focused_terminal_only),
        cmocka_unit_test(test_run_keys_work_whoever_has_the_focus),
        cmocka_unit_test(test_window_keys),
        cmocka_unit_test(test_mouse_in_titles_and_splitters),
        cmocka_unit_test(test_nothing_stays_pressed),
        cmocka_unit_test(test_absurd_sizes),
        cmocka_unit_test(test_before_the_first_frame),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
