/* The pane of the processes: pictures of it, and what keys and clicks do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"

struct look {
    const char *name;
    struct golden_options options;
    int process;
};

static void test_pictures(void **state)
{
    (void)state;
    static const struct look looks[] = {
        {"processes", {.width = 720, .height = 460, .scale = 1}, 2},
        {"processes_light", {.width = 720, .height = 460, .scale = 1, .theme = THEME_LIGHT}, 1},
        {"processes_narrow", {.width = 330, .height = 300, .scale = 1}, 0},
    };
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        struct pane_rig rig;
        pane_rig_open(&rig, &pane_processes, &looks[i].options);
        rig.selected_process = looks[i].process;
        pane_rig_take(&rig, frame);
        golden_check_rig(looks[i].name, &rig);
        pane_rig_close(&rig);
    }
    free(frame);
}

static void open_pane(struct pane_rig *rig, const struct view_frame *frame)
{
    static const struct golden_options options = {
        .width = 720, .height = 460, .scale = 1, .focused = true};
    pane_rig_open(rig, &pane_processes, &options);
    pane_rig_take(rig, frame);
    pane_rig_draw(rig);
}

/* The first y from `from` on where a click selects the process; fails the test when there is none.
 */
static float find_row(struct pane_rig *rig, int process, float from)
{
    for (float y = from; y < rig->area.height; y += 2) {
        rig->selected_process = -1;
        if (pane_rig_click(rig, 60, y) && rig->selected_process == process) {
            return y;
        }
    }
    fail_msg("no row for process %d", process);
    return 0;
}

static void test_keys_and_clicks(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    open_pane(&rig, frame);
    assert_true(pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0));
    assert_int_equal(rig.selected_process, 1);
    pane_rig_key(&rig, UI_KEY_END, 0);
    assert_int_equal(rig.selected_process, 2);
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    assert_int_equal(rig.selected_process, 0);
    pane_rig_key(&rig, UI_KEY_UP_ARROW, 0);
    assert_int_equal(rig.selected_process, 2);
    pane_rig_key(&rig, UI_KEY_HOME, 0);
    assert_int_equal(rig.selected_process, 0);
    assert_true(pane_rig_key(&rig, UI_KEY_ESCAPE, 0));
    assert_int_equal(rig.selected_process, -1);
    assert_false(pane_rig_key(&rig, UI_KEY_ESCAPE, 0));
    float first = find_row(&rig, 0, 0);
    float second = find_row(&rig, 1, first);
    assert_true(find_row(&rig, 2, second) > second);
    rig.context.focused = false;
    assert_false(pane_rig_key(&rig, UI_KEY_HOME, 0));
    pane_rig_close(&rig);
    free(frame);
}

static void click_second(void *context, const char *name, struct rect place)
{
    struct pane_rig *rig = context;
    if (strcmp(name, rig->frame->processes.processes[1].name) == 0) {
        pane_rig_click(rig, place.x + place.width / 2, place.y + place.height / 2);
    }
}

static void test_places_are_where_rows_are(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    open_pane(&rig, frame);
    const struct ui_places places = {.tell = click_second, .context = &rig};
    pane_processes.places(rig.state, rig.area, &rig.context, &places);
    assert_int_equal(rig.selected_process, 1);
    pane_rig_close(&rig);
    free(frame);
}

/* Sixteen processes do not fit: the selected one is in view, whatever the size. */
static void test_many_processes(void **state)
{
    (void)state;
    static const float sizes[][2] = {{1, 1}, {120, 60}, {330, 200}, {700, 120}, {700, 440}};
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    for (size_t i = 3; i < VIEW_PROCESSES_MAX; i++) {
        frame->processes.processes[i] = frame->processes.processes[i % 3];
    }
    frame->processes.count = VIEW_PROCESSES_MAX;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct pane_rig rig;
        open_pane(&rig, frame);
        rig.area = (struct rect){4, 4, sizes[i][0], sizes[i][1]};
        pane_rig_key(&rig, UI_KEY_END, 0);
        pane_rig_draw(&rig);
        if (sizes[i][1] >= 120) {
            find_row(&rig, VIEW_PROCESSES_MAX - 1, 0);
        }
        pane_rig_close(&rig);
    }
    memset(&frame->processes, 0, sizeof frame->processes);
    struct pane_rig rig;
    open_pane(&rig, frame);
    pane_rig_key(&rig, UI_KEY_DOWN_ARROW, 0);
    pane_rig_draw(&rig);
    pane_rig_close(&rig);
    free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_keys_and_clicks),
        cmocka_unit_test(test_places_are_where_rows_are),
        cmocka_unit_test(test_many_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
