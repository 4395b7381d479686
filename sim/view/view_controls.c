#include <stdio.h>
#include <string.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

#define DECIMALS_MAX 3U

const char *view_value_text(char text[VIEW_VALUE_TEXT_BYTES], int32_t value, uint32_t decimals,
                            const char *unit)
{
    static const uint32_t powers[DECIMALS_MAX + 1] = {1, 10, 100, 1000};
    uint32_t places = decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
    uint32_t size = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;
    const char *sign = value < 0 ? "-" : "";
    const char *space = unit[0] == '\0' ? "" : " ";
    if (places == 0) {
        snprintf(text, VIEW_VALUE_TEXT_BYTES, "%s%u%s%.8s", sign, size, space, unit);
    } else {
        snprintf(text, VIEW_VALUE_TEXT_BYTES, "%s%u.%0*u%s%.8s", sign, size / powers[places],
                 (int)places, size % powers[places], space, unit);
    }
    return text;
}

static enum view_control_kind kind_of(enum device_quantity_form form)
{
    switch (form) {
    case DEVICE_QUANTITY_ADDS:
        return VIEW_CONTROL_TURN;
    case DEVICE_QUANTITY_ONCE:
        return VIEW_CONTROL_ONCE;
    case DEVICE_QUANTITY_STAYS:
        break;
    }
    return VIEW_CONTROL_VALUE;
}

static struct view_control make_control(const struct device_input_kind *input, size_t device)
{
    const struct device_quantity *quantity = input->quantity;
    bool usual = quantity->usual_min != quantity->usual_max;
    return (struct view_control){.device = device,
                                 .kind = kind_of(quantity->form),
                                 .input = input->name,
                                 .label = input->name,
                                 .unit = quantity->unit,
                                 .decimals = quantity->decimals,
                                 .minimum = input->value_min,
                                 .maximum = input->value_max,
                                 .usual_minimum = usual ? quantity->usual_min : input->value_min,
                                 .usual_maximum = usual ? quantity->usual_max : input->value_max};
}

/* Of what has no better words for its state: its values. */
static void add_words(struct view_part *part, const struct view_control *control)
{
    char value[VIEW_VALUE_TEXT_BYTES];
    size_t used = strlen(part->text);
    view_value_text(value, control->value, control->decimals, control->unit);
    if (used + strlen(value) + 2 < sizeof part->text) {
        snprintf(part->text + used, sizeof part->text - used, "%s%s", used == 0 ? "" : ", ", value);
    }
}

static void add_controls(const struct machine *machine, size_t device, struct view_parts *parts)
{
    const struct device_class *device_class = parts->board->devices[device].device_class;
    const struct device_input_kind *inputs = device_class->inputs;
    struct view_part *part = &parts->parts[device];
    bool silent = part->text[0] == '\0';
    for (size_t i = 0; inputs != NULL && inputs[i].name != NULL; i++) {
        if (inputs[i].quantity == NULL || parts->control_count == VIEW_CONTROLS_MAX) {
            continue;
        }
        struct view_control *control = &parts->controls[parts->control_count];
        *control = make_control(&inputs[i], device);
        parts->control_count++;
        if (control->kind != VIEW_CONTROL_ONCE) {
            control->value = device_class->input_value(machine_view_device(machine, device), i);
            if (silent) {
                add_words(part, control);
            }
        }
    }
}

/* What is measured and turned comes first, then what other parts can be made to do, then the chip.
 */
static unsigned rank_of(const struct view_part *part)
{
    bool has_values = part->kind == VIEW_PART_SENSOR || part->kind == VIEW_PART_KNOB;
    return part->on_chip ? 2 : has_values ? 0 : 1;
}

void view_controls_fill(const struct parts_watch *watch, struct view_parts *parts)
{
    parts->control_count = 0;
    for (unsigned rank = 0; rank <= 2; rank++) {
        for (size_t i = 0; i < parts->part_count; i++) {
            if (rank_of(&parts->parts[i]) == rank) {
                add_controls(watch->sources->machine, i, parts);
            }
        }
    }
}
