#include "peripherals/parts/touch_key.h"

#include <stdio.h>
#include <string.h>

static void touch_key_update(void *self)
{
    struct touch_key *key = self;
    bool closed = contact_is_closed(&key->state.contact);
    wire_drive(&key->pin->in, closed != key->active_low ? WIRE_HIGH : WIRE_LOW);
}

static void response_fired(void *owner, uint64_t late_cycles)
{
    struct touch_key *key = owner;
    (void)late_cycles;
    contact_set(&key->contact, key->state.touched);
}

static void touch(struct touch_key *key, bool touched)
{
    key->state.touched = touched;
    observer_note(&key->env.observer, key->env.name, touched ? "touched" : "untouched", touched);
    if (key->response_us == 0) {
        contact_set(&key->contact, touched);
    } else if (touched == key->state.contact.wanted) {
        clock_cancel(key->env.clock, &key->response);
    } else {
        clock_schedule(key->env.clock, &key->response,
                       clock_now(key->env.clock) +
                           clock_us_to_cycles(key->env.clock, key->response_us));
    }
}

static bool touch_key_input(void *self, const struct device_input *input)
{
    struct touch_key *key = self;
    bool touched = strcmp(input->what, "touch") == 0;
    if (!touched && strcmp(input->what, "untouch") != 0) {
        return contact_input(&key->contact, input);
    }
    if (touched != key->state.touched) {
        touch(key, touched);
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
    key->response_us = props_u32_or(&env->props, "sandglass,response-us", 0);
    if (key->response_us > TOUCH_KEY_RESPONSE_US_MAX) {
        return "sandglass,response-us is more than ten seconds";
    }
    event_init(&key->response, response_fired, key);
    return contact_init(&key->contact, &key->env, &key->state.contact, touch_key_update, key);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct touch_key_state *s = state;
    (void)self;
    return device_bool_is_sane(&s->touched) && contact_state_is_sane(&s->contact, now_cycles);
}

static void touch_key_see(const void *self, struct device_sight *sight)
{
    const struct touch_key *key = self;
    sight->active = key->state.touched;
    snprintf(sight->text, sizeof sight->text, "%s", sight->active ? "touched" : "not touched");
}

static const struct device_input_kind touch_key_inputs[] = {
    {"touch", 0, 1, NULL}, {"untouch", 0, 1, NULL}, {0}};
static const size_t event_offsets[] = {offsetof(struct touch_key, contact.edge),
                                       offsetof(struct touch_key, response)};

const struct device_class part_touch_key_class = {
    .name = "touch-key",
    .size_bytes = sizeof(struct touch_key),
    .state_offset = offsetof(struct touch_key, state),
    .state_bytes = sizeof(struct touch_key_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = touch_key_init,
    .update = touch_key_update,
    .input = touch_key_input,
    .inputs = touch_key_inputs,
    .see = touch_key_see,
    .faults = contact_faults,
};
