#include "sim/view/view_parts.h"

#include <stdio.h>
#include <string.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

static bool takes(const struct device_class *device_class, const char *input)
{
    const struct device_input_kind *kind = device_class->inputs;
    while (kind != NULL && kind->name != NULL && strcmp(kind->name, input) != 0) {
        kind++;
    }
    return kind != NULL && kind->name != NULL;
}

static bool has_quantity(const struct device_class *device_class)
{
    const struct device_input_kind *kind = device_class->inputs;
    while (kind != NULL && kind->name != NULL &&
           (kind->quantity == NULL || kind->quantity->form == DEVICE_QUANTITY_ONCE)) {
        kind++;
    }
    return kind != NULL && kind->name != NULL;
}

static enum view_part_kind kind_by_ability(const struct device_class *device_class)
{
    if (device_class->picture != NULL) {
        return VIEW_PART_DISPLAY;
    }
    if (device_class->touch_size != NULL) {
        return VIEW_PART_TOUCH_PANEL;
    }
    if (takes(device_class, "press")) {
        return VIEW_PART_BUTTON;
    }
    if (takes(device_class, "touch")) {
        return VIEW_PART_TOUCH_KEY;
    }
    return has_quantity(device_class) ? VIEW_PART_SENSOR : VIEW_PART_OTHER;
}

static enum view_part_kind kind_of(const struct device_class *device_class)
{
    switch (device_class->look) {
    case DEVICE_LOOK_LIGHT:
        return VIEW_PART_LIGHT;
    case DEVICE_LOOK_MOTOR:
        return VIEW_PART_MOTOR;
    case DEVICE_LOOK_BUZZER:
        return VIEW_PART_BUZZER;
    case DEVICE_LOOK_KNOB:
        return VIEW_PART_KNOB;
    case DEVICE_LOOK_OTHER:
        return VIEW_PART_LINK;
    case DEVICE_LOOK_PLAIN:
        break;
    }
    return kind_by_ability(device_class);
}

static void start_part(const struct board *board, size_t index, struct part_watch *part)
{
    const struct board_device *device = &board->devices[index];
    struct board_props view;
    const struct props props = board_props_make(&view, board, device->node, NULL);
    const struct device_site site = board_site(board, &props);
    part->kind = kind_of(device->device_class);
    part->label = props.string(props.node, "label");
    part->color = props_u32_or(&props, "sandglass,color", BOARD_PICTURE_NO_COLOR);
    if (part->color > 0xFFFFFF) {
        part->color = BOARD_PICTURE_NO_COLOR;
    }
    board_device_place(board, index, part->place, sizeof part->place);
    if (device->device_class->touch_size != NULL) {
        device->device_class->touch_size(&site, &part->touch_width, &part->touch_height);
    }
}

bool view_parts_start(struct parts_watch *watch, const struct view_sources *sources,
                      struct sim_error *error)
{
    const struct board *board = machine_view_board(sources->machine);
    watch->sources = sources;
    watch->filled_cycles = clock_now(machine_clock(sources->machine));
    for (size_t i = 0; i < board->device_count; i++) {
        start_part(board, i, &watch->parts[i]);
    }
    return board_picture_read(board, &watch->picture, error) && view_pins_start(watch, error);
}

/* The share of the time since the frame before; without any time in between what it was. */
static uint16_t share(struct part_watch *part, const struct device_sight *sight, uint64_t elapsed)
{
    uint64_t active = sight->active_cycles - part->active_cycles;
    if (sight->active_cycles < part->active_cycles || active > elapsed) {
        part->brightness =
            sight->active ? VIEW_FULL : 0; /* a snapshot took the machine elsewhere */
    } else if (elapsed != 0) {
        /* Never quite dark, nor quite full, when it was not. */
        uint64_t permille = (active * VIEW_FULL + elapsed / 2) / elapsed;
        permille = permille == 0 && active != 0 ? 1 : permille;
        permille = permille == VIEW_FULL && active != elapsed ? VIEW_FULL - 1 : permille;
        part->brightness = (uint16_t)permille;
    }
    part->active_cycles = sight->active_cycles;
    return part->brightness;
}

static bool has_share(enum view_part_kind kind)
{
    return kind == VIEW_PART_LIGHT || kind == VIEW_PART_MOTOR;
}

static void set_words(struct view_part *part, const struct device_sight *sight)
{
    bool flickers = has_share(part->kind) && part->brightness % VIEW_FULL != 0;
    if (flickers) {
        snprintf(part->text, sizeof part->text, "%s %u.%u %% of the time",
                 part->kind == VIEW_PART_LIGHT ? "on" : "turning", part->brightness / 10U,
                 part->brightness % 10U);
    } else {
        snprintf(part->text, sizeof part->text, "%s", sight->text);
    }
}

static void fill_part(struct part_watch *watch, const struct board_device *device,
                      const void *instance, uint64_t elapsed, struct view_part *part)
{
    struct device_sight sight = {0};
    if (device->device_class->see != NULL) {
        device->device_class->see(instance, &sight);
    }
    *part = (struct view_part){.name = device->name,
                               .label = watch->label,
                               .place = watch->place,
                               .kind = watch->kind,
                               .on_chip = device->device_class->read != NULL,
                               .active = sight.active,
                               .color = watch->color,
                               .touch_width = watch->touch_width,
                               .touch_height = watch->touch_height,
                               .touch_x = sight.x,
                               .touch_y = sight.y};
    if (has_share(part->kind)) {
        part->brightness = share(watch, &sight, elapsed);
    }
    set_words(part, &sight);
}

void view_parts_fill(struct parts_watch *watch, struct view_parts *parts)
{
    const struct machine *machine = watch->sources->machine;
    const struct board *board = machine_view_board(machine);
    uint64_t now = clock_now(machine_clock(watch->sources->machine));
    watch->jumps += now < watch->filled_cycles;
    uint64_t elapsed = now > watch->filled_cycles ? now - watch->filled_cycles : 0;
    parts->board = board;
    parts->picture = &watch->picture;
    parts->part_count = board->device_count;
    for (size_t i = 0; i < parts->part_count; i++) {
        fill_part(&watch->parts[i], &board->devices[i], machine_view_device(machine, i), elapsed,
                  &parts->parts[i]);
    }
    watch->filled_cycles = now;
    view_pins_fill(watch, parts);
    view_controls_fill(watch, parts);
    view_displays_fill(watch, parts);
}
