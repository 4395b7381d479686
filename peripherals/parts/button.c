#include "peripherals/parts/button.h"

#include <string.h>

#define GPIO_PULL_FLAGS (1U << 4 | 1U << 5)

static void button_update(void *self)
{
    struct button *button = self;
    wire_drive(&button->pin->in,
               button->state.pressed ? button->pressed_level : button->released_level);
}

static bool button_input(void *self, const struct device_input *input)
{
    struct button *button = self;
    bool press = strcmp(input->what, "press") == 0;
    if (!press && strcmp(input->what, "release") != 0) {
        return false;
    }
    if (press != button->state.pressed) {
        button->state.pressed = press;
        observer_note(&button->env.observer, button->env.name, press ? "pressed" : "released",
                      press);
        button_update(button);
    }
    return true;
}

static const char *button_init(void *self, const struct device_env *env)
{
    struct button *button = self;
    struct props_gpio gpio;
    button->env = *env;
    if (env->props.gpio == NULL || !env->props.gpio(env->props.node, "gpios", 0, &gpio)) {
        return "a button needs the property gpios";
    }
    bool active_low = (gpio.flags & PROPS_GPIO_ACTIVE_LOW) != 0;
    button->pin = gpio.pin;
    button->pressed_level = active_low ? WIRE_LOW : WIRE_HIGH;
    button->released_level = active_low ? WIRE_HIGH : WIRE_LOW;
    if ((gpio.flags & GPIO_PULL_FLAGS) != 0) {
        button->released_level = WIRE_FLOATING;
    }
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct button_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->pressed);
}

static const char *const button_input_names[] = {"press", "release", NULL};

const struct device_class part_button_class = {
    .name = "button",
    .size_bytes = sizeof(struct button),
    .state_offset = offsetof(struct button, state),
    .state_bytes = sizeof(struct button_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = button_init,
    .update = button_update,
    .input = button_input,
    .input_names = button_input_names,
};
