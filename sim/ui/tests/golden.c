#include "sim/ui/tests/golden.h"

#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <png.h>

/* Of 255; and of the pixels, one in so many, and a few. */
#define SHADE          12
#define ONE_PIXEL_IN   20000U
#define PIXELS_ALLOWED 4U
#define PATH_MAX_BYTES 512

struct golden_difference golden_compare(const uint8_t *wanted, const uint8_t *actual,
                                        uint32_t width, uint32_t height, uint8_t *difference)
{
    struct golden_difference found = {.left = width, .top = height};
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            size_t at = 4 * ((size_t)y * width + x);
            bool differs = false;
            for (size_t i = at; i < at + 3; i++) {
                differs |= abs(wanted[i] - actual[i]) > SHADE;
            }
            if (differs) {
                found.pixels++;
                found.left = x < found.left ? x : found.left;
                found.top = y < found.top ? y : found.top;
                found.right = x + 1 > found.right ? x + 1 : found.right;
                found.bottom = y + 1;
            }
            for (size_t i = 0; difference != NULL && i < 4; i++) {
                uint8_t pale = (uint8_t)(170 + actual[at + i] / 3);
                difference[at + i] = i == 3 ? 255 : differs ? (i == 0 ? 220 : 0) : pale;
            }
        }
    }
    return found;
}

bool golden_differs(const struct golden_difference *found, uint32_t width, uint32_t height)
{
    return found->pixels > width * height / ONE_PIXEL_IN + PIXELS_ALLOWED;
}

static void write_picture(const char *path, const uint8_t *pixels, uint32_t width, uint32_t height)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGBA};
    if (png_image_write_to_file(&image, path, 0, pixels, 0, NULL) == 0) {
        fail_msg("cannot write %s: %s", path, image.message);
    }
}

/* Four bytes a pixel, to be freed; NULL when there is no such picture. */
static uint8_t *read_picture(const char *path, uint32_t *width, uint32_t *height)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (png_image_begin_read_from_file(&image, path) == 0) {
        return NULL;
    }
    image.format = PNG_FORMAT_RGBA;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    *width = image.width;
    *height = image.height;
    if (pixels == NULL || png_image_finish_read(&image, NULL, pixels, 0, NULL) == 0) {
        png_image_free(&image);
        free(pixels);
        return NULL;
    }
    return pixels;
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
    uint8_t *wanted = read_picture(path, &wanted_width, &wanted_height);
    if (wanted == NULL || wanted_width != width || wanted_height != height) {
        write_picture(actual_path, actual, width, height);
        free(wanted);
        fail_msg("%s is %s; drawn now: %s (SANDGLASS_GOLDEN_UPDATE=1 keeps it)", path,
                 wanted == NULL ? "not there" : "of another size", actual_path);
    }
    uint8_t *difference = malloc(4 * (size_t)width * height);
    assert_non_null(difference);
    struct golden_difference found = golden_compare(wanted, actual, width, height, difference);
    bool differs = golden_differs(&found, width, height);
    if (differs) {
        write_picture(actual_path, actual, width, height);
        write_picture(diff_path, difference, width, height);
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
    uint8_t *old = read_picture(path, &old_width, &old_height);
    bool same = old != NULL && old_width == width && old_height == height &&
                golden_compare(old, actual, width, height, NULL).pixels == 0;
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
