/* The timeline pane: pictures at three zooms, and what keys and the mouse do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"
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

static void zoom_to(struct pane_rig *rig, uint64_t begin, uint64_t end)
{
    struct timeline_pane *pane = rig->state;
    pane->standing = true;
    pane->span = (double)(end - begin);
    pane->end = (double)end;
}

#define BEGIN (12 * 64000000ULL)
#define MS    64000ULL

static void test_measurement(void **state)
{
    struct pane_rig rig;
    (void)state;
    open_rig(&rig, &wide);
    zoom_to(&rig, BEGIN + 69800000 / 1000 * 64 / 64 * 1, BEGIN + 75 * MS);
    zoom_to(&rig, BEGIN + 69 * MS + MS / 2, BEGIN + 75 * MS);
    golden_check_rig("timeline_calls", &rig);
    pane_rig_close(&rig);
}

static void test_cycles(void **state)
{
    struct pane_rig rig;
    (void)state;
    open_rig(&rig, &wide);
    zoom_to(&rig, BEGIN + 152 * MS - 200, BEGIN + 152 * MS + 3600);
    struct timeline_pane *pane = rig.state;
    struct ui_event down = {.kind = UI_MOUSE_DOWN, .button = 1, .x = 600, .y = 100};
    pane_rig_event(&rig, &down);
    down.kind = UI_MOUSE_UP;
    pane_rig_event(&rig, &down);
    pane->card = pane->choice.kind != TIMELINE_NOTHING;
    golden_check_rig("timeline_cycles", &rig);
    pane_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_measurement),
        cmocka_unit_test(test_cycles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
