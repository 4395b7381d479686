#include "sim/machine/input_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "press, release", or "no inputs". */
static const char *list_inputs(const struct device_input_kind *inputs, char *text, size_t size)
{
    size_t used = 0;
    snprintf(text, size, "no inputs");
    for (size_t i = 0; inputs != NULL && inputs[i].name != NULL && used < size; i++) {
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : ", ", inputs[i].name);
    }
    return text;
}

static const struct device_input_kind *find(const struct board_device *device, const char *what)
{
    const struct device_input_kind *input = device->device_class->inputs;
    while (input != NULL && input->name != NULL && strcmp(input->name, what) != 0) {
        input++;
    }
    return input == NULL || input->name == NULL ? NULL : input;
}

/* NULL: the device takes no such input, which is said. */
static const struct device_input_kind *check_kind(const struct board_device *device,
                                                  const char *what, struct sim_error *error)
{
    const struct device_input_kind *input = find(device, what);
    char text[128];
    if (input == NULL) {
        sim_fail(error, SIM_WRONG_USE, "%s does not take '%s': it takes %s", device->name, what,
                 list_inputs(device->device_class->inputs, text, sizeof text));
    }
    return input;
}

static bool check_place(const struct board *board, size_t device, int32_t x, int32_t y,
                        struct sim_error *error)
{
    const struct board_device *description = &board->devices[device];
    uint32_t width = 0, height = 0;
    struct board_props view;
    const struct props props = board_props_make(&view, board, description->node, NULL);
    const struct device_site site = board_site(board, &props);
    description->device_class->touch_size(&site, &width, &height);
    return (x >= 0 && y >= 0 && (uint32_t)x < width && (uint32_t)y < height) ||
           sim_fail(error, SIM_WRONG_USE,
                    "%s has %" PRIu32 " by %" PRIu32 " places, 0,0 to %" PRIu32 ",%" PRIu32
                    ": %" PRId32 ",%" PRId32 " is none",
                    description->name, width, height, width - 1, height - 1, x, y);
}

bool input_list_check_touch(const struct board *board, size_t device, int32_t x, int32_t y,
                            struct sim_error *error)
{
    const struct board_device *description = &board->devices[device];
    if (check_kind(description, "touch", error) == NULL) {
        return false;
    }
    if (description->device_class->touch_size == NULL) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s has no places: a touch of it is written --touch %s@TIME",
                        description->name, description->name);
    }
    return check_place(board, device, x, y, error);
}

bool input_list_check(const struct board *board, size_t device, const char *what, int32_t value,
                      struct sim_error *error)
{
    const struct board_device *description = &board->devices[device];
    const struct device_input_kind *input = check_kind(description, what, error);
    if (input == NULL) {
        return false;
    }
    if (value < input->value_min || value > input->value_max) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s.%s takes a value of %" PRId32 " to %" PRId32 ", not %" PRId32,
                        description->name, what, input->value_min, input->value_max, value);
    }
    bool placed = description->device_class->touch_size != NULL && strcmp(what, "touch") == 0;
    return !placed || check_place(board, device, value % DEVICE_TOUCH_PLACES,
                                  value / DEVICE_TOUCH_PLACES, error);
}
