/* The memory pane: pictures of it, and what keys and clicks do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/pane_memory_internal.h"
#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"

struct look {
    const char *name;
    struct golden_options options;
    int process;
    bool flash;
};

static void test_pictures(void **state)
{
    (void)state;
    static const struct look looks[] = {
        {"memory_small_app", {.width = 760, .height = 560, .scale = 1}, 0, false},
        {"memory_large_app", {.width = 760, .height = 560, .scale = 1}, 1, false},
        {"memory_fault", {.width = 760, .height = 560, .scale = 1}, 2, false},
        {"memory_fault_light",
         {.width = 760, .height = 560, .scale = 1, .theme = THEME_LIGHT},
         2,
         false},
        {"memory_flash", {.width = 760, .height = 480, .scale = 1}, 2, true},
        {"memory_narrow", {.width = 320, .height = 420, .scale = 1}, 2, false},
        {"memory_dense", {.width = 1200, .height = 900, .scale = 2}, 1, false},
    };
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        struct pane_rig rig;
        pane_rig_open(&rig, &pane_memory, &looks[i].options);
        rig.selected_process = looks[i].process;
        ((struct memory_state *)rig.state)->flash = looks[i].flash;
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
