/* The panes of timers and of time: pictures, and what buttons and keys send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_clock_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
