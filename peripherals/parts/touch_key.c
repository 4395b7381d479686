#include "peripherals/parts/touch_key.h"

#include <string.h>

static void touch_key_update(void *self)
{
    struct touch_key *key = self;
    wire_drive(&key->pin->in, key->state.touched != key->active_low ? WIRE_HIGH : WIRE_LOW);
}

static bool touch_key_input(void *self, const struct device_input *input)
{
    struct touch_key *key = self;
    bool touch = strcmp(input->what, "touch") == 0;
    if (!touch && strcmp(input->what, "untouch") != 0) {
        return false;
    }
    if (touch != key->state.touched) {
        key->state.touched = touch;
        observer_note(&key->env.observer, key->env.name, touch ? "touched" : "untouched", touch);
        touch_key_update(key);
    }
    return true;
}

static const char *touch_key_init(void *self, const struct device_env *env)
{
    struct touch_key *key = self;
    struct props_gpio gpio;
    key->env = *env;
    if (env->props.gpio == NULL || !env->props.gpio(env->props.node, "gpios", 0, &gpio)) {
        return "a touch key needs the property gpios";
    }
    key->pin = gpio.pin;
    key->active_low = (gpio.flags & PROPS_GPIO_ACTIVE_LOW) != 0;
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct touch_key_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->touched);
}

static const char *const touch_key_input_names[] = {"touch", "untouch", NULL};

const struct device_class part_touch_key_class = {
    .name = "touch-key",
    .size_bytes = sizeof(struct touch_key),
    .state_offset = offsetof(struct touch_key, state),
    .state_bytes = sizeof(struct touch_key_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = touch_key_init,
    .update = touch_key_update,
    .input = touch_key_input,
    .input_names = touch_key_input_names,
};
