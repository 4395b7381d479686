#include "peripherals/parts/led.h"

#include <stdio.h>

enum led_stuck { LED_WORKS = 0, LED_STUCK_LIT = 2 };

static void show(struct led *led)
{
    struct led_state *s = &led->state;
    uint64_t now = clock_now(led->env.clock);
    bool lit = driven_is_active(&led->driven, led->driven.pin->out.level);
    lit = s->stuck == LED_WORKS ? lit : s->stuck == LED_STUCK_LIT;
    if (lit == s->lit) {
        return;
    }
    s->lit_cycles += s->lit ? now - s->changed_cycles : 0;
    s->lit = lit;
    s->toggles++;
    s->changed_cycles = now;
    observer_note(&led->env.observer, led->env.name, lit ? "on" : "off", (int32_t)s->toggles);
}

static void out_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)index;
    (void)level;
    show(owner);
}

static const struct device_fault led_faults[] = {
    {"stuck", "1: dark, whatever the pin says; 2: lit", 1, LED_STUCK_LIT},
    {NULL, NULL, 0, 0},
};

static bool led_input(void *self, const struct device_input *input)
{
    struct led *led = self;
    if (!device_fault_take(led_faults, input, &led->state.stuck)) {
        return false;
    }
    show(led);
    return true;
}

static const char *led_init(void *self, const struct device_env *env)
{
    struct led *led = self;
    led->env = *env;
    return driven_init(&led->driven, env, "gpios", out_changed, led)
               ? NULL
               : "an LED needs the property gpios, or pwms with a pin for the channel";
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct led_state *s = state;
    (void)self;
    return device_bool_is_sane(&s->lit) && device_faults_are_sane(led_faults, &s->stuck) &&
           s->changed_cycles <= now_cycles;
}

static void led_see(const void *self, struct device_sight *sight)
{
    const struct led *led = self;
    const struct led_state *s = &led->state;
    uint64_t since = s->lit ? clock_now(led->env.clock) - s->changed_cycles : 0;
    *sight = (struct device_sight){.active = s->lit, .active_cycles = s->lit_cycles + since};
    snprintf(sight->text, sizeof sight->text, "%s", s->lit ? "on" : "off");
}

const struct device_class part_led_class = {
    .name = "led",
    .size_bytes = sizeof(struct led),
    .state_offset = offsetof(struct led, state),
    .state_bytes = sizeof(struct led_state),
    .state_version = 2,
    .state_is_sane = state_is_sane,
    .init = led_init,
    .input = led_input,
    .look = DEVICE_LOOK_LIGHT,
    .see = led_see,
    .faults = led_faults,
};
