#include <string.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

#define ROW_PIXELS_MAX 4096U

/* How many rows and columns of the display go into one of the frame. */
static uint32_t find_step(const struct device_picture *picture)
{
    uint32_t step = 1;
    while ((uint64_t)((picture->width + step - 1) / step) * ((picture->height + step - 1) / step) *
               3 >
           VIEW_DISPLAY_BYTES_MAX) {
        step++;
    }
    return step;
}

static void copy_rows(const struct device_class *device_class, const void *instance,
                      const struct device_picture *picture, struct view_display *display)
{
    uint8_t row[ROW_PIXELS_MAX * 3];
    uint32_t step = find_step(picture);
    uint8_t *to = display->rgb;
    for (uint32_t y = 0; y < picture->height; y += step) {
        device_class->picture_row(instance, y, row);
        for (uint32_t x = 0; x < picture->width; x += step) {
            memcpy(to, row + (size_t)x * 3, 3);
            to += 3;
        }
    }
    display->width = (picture->width + step - 1) / step;
    display->height = (picture->height + step - 1) / step;
}

static void fill_display(const struct parts_watch *watch, size_t device,
                         struct view_display *display)
{
    const struct machine *machine = watch->sources->machine;
    const struct device_class *device_class =
        machine_view_board(machine)->devices[device].device_class;
    const void *instance = machine_view_device(machine, device);
    struct device_picture picture = {0};
    bool fits = device_class->picture(instance, &picture) && picture.width > 0 &&
                picture.height > 0 && picture.width <= ROW_PIXELS_MAX &&
                picture.height <= ROW_PIXELS_MAX;
    picture.changes += watch->jumps;
    bool is_new =
        display->device != device || display->width == 0 || display->changes != picture.changes;
    display->device = device;
    if (!fits) {
        display->width = display->height = 0;
    } else if (is_new) {
        copy_rows(device_class, instance, &picture, display);
        display->changes = picture.changes;
    }
}

void view_displays_fill(const struct parts_watch *watch, struct view_parts *parts)
{
    parts->display_count = 0;
    for (size_t i = 0; i < parts->part_count && parts->display_count < VIEW_DISPLAYS_MAX; i++) {
        if (parts->parts[i].kind == VIEW_PART_DISPLAY) {
            fill_display(watch, i, &parts->displays[parts->display_count]);
            parts->display_count++;
        }
    }
}
