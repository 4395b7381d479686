#include "peripherals/parts/button.h"

#include <stdio.h>
#include <string.h>

#define GPIO_PULL_FLAGS (1U << 4 | 1U << 5)

static void button_update(void *self)
{
    struct button *button = self;
    enum wire_level level = button->released_level;
    if (contact_is_closed(&button->state.contact)) {
        level = button->enable != NULL ? button->enable->out.level : button->pressed_level;
        level = level == WIRE_FLOATING ? button->released_level : level;
    }
    wire_drive(&button->pin->in, level);
}

static void enable_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)index;
    (void)level;
    button_update(owner);
}

static bool button_input(void *self, const struct device_input *input)
{
    struct button *button = self;
    bool press = strcmp(input->what, "press") == 0;
    if (!press && strcmp(input->what, "release") != 0) {
        return contact_input(&button->contact, input);
    }
    if (press != button->state.contact.wanted) {
        observer_note(&button->env.observer, button->env.name, press ? "pressed" : "released",
                      press);
        contact_set(&button->contact, press);
    }
    return true;
}

static const char *button_init(void *self, const struct device_env *env)
{
    struct button *button = self;
    struct props_gpio gpio, enable;
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
    if (env->props.gpio(env->props.node, "sandglass,enable-gpios", 0, &enable)) {
        button->enable = enable.pin;
        wire_listen(&enable.pin->out, &button->listener, enable_changed, button, 0);
    }
    return contact_init(&button->contact, &button->env, &button->state.contact, button_update,
                        button);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct button_state *s = state;
    (void)self;
    return contact_state_is_sane(&s->contact, now_cycles);
}

static void button_see(const void *self, struct device_sight *sight)
{
    const struct button *button = self;
    sight->active = button->state.contact.wanted;
    snprintf(sight->text, sizeof sight->text, "%s", sight->active ? "pressed" : "released");
}

static const struct device_input_kind button_inputs[] = {
    {"press", 0, 1, NULL}, {"release", 0, 1, NULL}, {0}};
static const size_t event_offsets[] = {offsetof(struct button, contact.edge)};

const struct device_class part_button_class = {
    .name = "button",
    .size_bytes = sizeof(struct button),
    .state_offset = offsetof(struct button, state),
    .state_bytes = sizeof(struct button_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = button_init,
    .update = button_update,
    .input = button_input,
    .inputs = button_inputs,
    .see = button_see,
    .faults = contact_faults,
};
