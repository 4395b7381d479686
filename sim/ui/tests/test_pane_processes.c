/* The pane of the processes: pictures of it, and what keys and clicks do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
