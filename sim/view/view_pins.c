#include <stdio.h>
#include <string.h>

#include "sim/machine/board_pins.h"
#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

struct user_visit {
    struct parts_watch *watch;
    const struct board_device *device;
};

/* "led0", "i2c0 SDA"; of several users one after the other, as far as they fit. */
static void add_user(void *context, uint32_t pin, const char *role)
{
    const struct user_visit *visit = context;
    char *users = visit->watch->pin_users[pin];
    size_t used = strlen(users);
    snprintf(users + used, PARTS_USERS_BYTES - used, "%s%s%s%s", used == 0 ? "" : ", ",
             visit->device->name, role[0] == '\0' ? "" : " ", role);
}

static void pin_changed(void *context, uint32_t pin, bool high)
{
    struct parts_watch *watch = context;
    (void)high;
    watch->pin_toggled[pin] = true;
}

bool view_pins_start(struct parts_watch *watch, struct sim_error *error)
{
    const struct board *board = machine_view_board(watch->sources->machine);
    for (size_t i = 0; i < board->device_count; i++) {
        struct user_visit visit = {.watch = watch, .device = &board->devices[i]};
        board_pins_visit(board, board->devices[i].node, add_user, &visit);
    }
    const struct machine_observer observer = {.pin_changed = pin_changed, .context = watch};
    return machine_observe(watch->sources->machine, &observer) ||
           sim_fail(error, SIM_INTERNAL, "the machine has too many observers for a view");
}

static enum view_driver driver_of(const struct pin *pin)
{
    if (pin->out.level != WIRE_FLOATING) {
        return VIEW_DRIVEN_BY_CHIP;
    }
    if (!pin_floats(pin)) {
        return VIEW_DRIVEN_BY_PART;
    }
    /* A pad that nobody drives is low, but for a pull. */
    bool pulled = pin->resistor != WIRE_FLOATING || pin->pad.level == WIRE_HIGH;
    return pulled ? VIEW_DRIVEN_BY_PULL : VIEW_DRIVEN_BY_NOBODY;
}

static enum view_level level_of(const struct pin *pin, enum view_driver driver)
{
    if (driver == VIEW_DRIVEN_BY_NOBODY) {
        return VIEW_LEVEL_FLOATING;
    }
    return pin->pad.level == WIRE_HIGH ? VIEW_LEVEL_HIGH : VIEW_LEVEL_LOW;
}

void view_pins_fill(struct parts_watch *watch, struct view_parts *parts)
{
    const struct machine *machine = watch->sources->machine;
    const struct pin *pins = machine_view_pins(machine);
    int32_t supply = machine_view_supply_microvolts(machine);
    parts->supply_millivolts = supply / 1000;
    parts->pin_count = machine_view_board(machine)->pin_count;
    for (size_t i = 0; i < parts->pin_count; i++) {
        enum view_driver driver = driver_of(&pins[i]);
        parts->pins[i] =
            (struct view_pin){.users = watch->pin_users[i],
                              .level = level_of(&pins[i], driver),
                              .driver = driver,
                              .toggled = watch->pin_toggled[i],
                              .analog = driver == VIEW_DRIVEN_BY_PART && pins[i].analog.driven,
                              .millivolts = pin_microvolts(&pins[i], supply) / 1000};
        watch->pin_toggled[i] = false;
    }
}
