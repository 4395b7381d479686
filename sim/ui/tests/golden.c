#include "sim/ui/tests/golden.h"

#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "sim/ui/picture_compare.h"

#define PATH_MAX_BYTES 512

static void save_picture(const char *path, const uint8_t *pixels, uint32_t width, uint32_t height)
{
    if (!picture_write(path, pixels, width, height)) {
        fail_msg("cannot write %s", path);
    }
}

static void compare_with(const char *name, const char *path, const uint8_t *actual, uint32_t width,
                         uint32_t height)
{
    char actual_path[PATH_MAX_BYTES];
    char diff_path[PATH_MAX_BYTES];
    snprintf(actual_path, sizeof actual_path, SANDGLASS_GOLDEN_OUT "/%s.actual.png", name);
    snprintf(diff_path, sizeof diff_path, SANDGLASS_GOLDEN_OUT "/%s.diff.png", name);
    uint32_t wanted_width = 0;
    uint32_t wanted_height = 0;
    uint8_t *wanted = picture_read(path, &wanted_width, &wanted_height);
    if (wanted == NULL || wanted_width != width || wanted_height != height) {
        save_picture(actual_path, actual, width, height);
        free(wanted);
        fail_msg("%s is %s; drawn now: %s (SANDGLASS_GOLDEN_UPDATE=1 keeps it)", path,
                 wanted == NULL ? "not there" : "of another size", actual_path);
    }
    uint8_t *difference = malloc(4 * (size_t)width * height);
    assert_non_null(difference);
    struct picture_difference found = picture_compare(wanted, actual, width, height, difference);
    bool differs = picture_differs(&found, width, height);
    if (differs) {
        save_picture(actual_path, actual, width, height);
        save_picture(diff_path, difference, width, height);
    }
    free(difference);
    free(wanted);
    if (differs) {
        fail_msg("%s: %u pixels differ, in (%u, %u) to (%u, %u); see %s and %s, and write it anew "
                 "with SANDGLASS_GOLDEN_UPDATE=1 if that is meant",
                 name, (unsigned)found.pixels, (unsigned)found.left, (unsigned)found.top,
                 (unsigned)found.right, (unsigned)found.bottom, actual_path, diff_path);
    }
}

void golden_check_canvas(const char *name, struct canvas *canvas)
{
    uint32_t width = 0;
    uint32_t height = 0;
    const uint8_t *actual = canvas_pixels(canvas, &width, &height);
    assert_non_null(actual);
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, SANDGLASS_GOLDEN "/%s.png", name);
    const char *update = getenv("SANDGLASS_GOLDEN_UPDATE");
    if (update == NULL || update[0] == 0 || update[0] == '0') {
        compare_with(name, path, actual, width, height);
        return;
    }
    /* A picture that is right within the tolerance stays as it is: no change without a reason. */
    uint32_t old_width = 0;
    uint32_t old_height = 0;
    uint8_t *old = picture_read(path, &old_width, &old_height);
    bool same = old != NULL && old_width == width && old_height == height &&
                picture_compare(old, actual, width, height, NULL).pixels == 0;
    free(old);
    if (!same) {
        struct sim_error error = {0};
        if (!canvas_write_png(canvas, path, &error)) {
            fail_msg("%s", error.text);
        }
        print_message("wrote %s\n", path);
    }
}

void golden_check_rig(const char *name, struct pane_rig *rig)
{
    pane_rig_draw(rig);
    golden_check_canvas(name, rig->canvas);
}

void golden_check(const char *name, const struct pane_class *pane, const struct view_frame *frame,
                  const struct golden_options *options)
{
    struct pane_rig rig;
    pane_rig_open(&rig, pane, options);
    pane_rig_take(&rig, frame);
    golden_check_rig(name, &rig);
    pane_rig_close(&rig);
}
