#include "sim/machine/fault_list.h"

#include <stdio.h>
#include <string.h>

static size_t count_of(const struct device_class *device_class)
{
    size_t count = 0;
    while (device_class->faults != NULL && device_class->faults[count].name != NULL) {
        count++;
    }
    return count;
}

static struct fault_choice choose(const struct board *board, size_t device, size_t fault)
{
    const struct board_device *description = &board->devices[device];
    const struct device_class *device_class = description->device_class;
    const struct device_fault *chosen = &device_class->faults[fault];
    struct fault_choice choice = {.device = device,
                                  .fault = chosen,
                                  .value_min = chosen->value_min,
                                  .value_max = chosen->value_max};
    if (device_class->fault_max != NULL) {
        struct board_props view;
        const struct props props = board_props_make(&view, board, description->node, NULL);
        const struct device_site site = board_site(board, &props);
        choice.value_max = device_class->fault_max(&site, chosen);
    }
    return choice;
}

bool fault_list_at(const struct board *board, size_t index, struct fault_choice *choice)
{
    for (size_t i = 0; i < board->device_count; i++) {
        size_t count = count_of(board->devices[i].device_class);
        if (index < count) {
            *choice = choose(board, i, index);
            return true;
        }
        index -= count;
    }
    return false;
}

/* "drop, corrupt", or "no faults". */
static const char *list_faults(const struct device_class *device_class, char *text, size_t size)
{
    size_t used = 0;
    size_t count = count_of(device_class);
    snprintf(text, size, "no faults");
    for (size_t i = 0; i < count && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : ", ",
                                 device_class->faults[i].name);
    }
    return text;
}

bool fault_list_find(const struct board *board, size_t device, const char *fault,
                     struct fault_choice *choice, struct sim_error *error)
{
    const struct board_device *description = &board->devices[device];
    const struct device_class *device_class = description->device_class;
    size_t count = count_of(device_class);
    char text[160];
    for (size_t i = 0; i < count; i++) {
        if (strcmp(device_class->faults[i].name, fault) == 0) {
            *choice = choose(board, device, i);
            return true;
        }
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "%s has no fault '%s': it has %s (`sandglass faults` tells more)",
                    description->name, fault, list_faults(device_class, text, sizeof text));
}

bool fault_list_allows(const struct fault_choice *choice, int32_t value)
{
    return value == 0 || (value >= choice->value_min && value <= choice->value_max);
}
