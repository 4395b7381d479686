#include "peripherals/parts/led.h"

/* A pin that nobody drives lights nothing. */
static bool is_lit(const struct led *led, enum wire_level level)
{
    return level == (led->active_low ? WIRE_LOW : WIRE_HIGH);
}

static void out_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct led *led = owner;
    (void)index;
    bool lit = is_lit(led, level);
    if (lit == led->state.lit) {
        return;
    }
    led->state.lit = lit;
    led->state.toggles++;
    led->state.changed_cycles = clock_now(led->env.clock);
    observer_note(&led->env.observer, led->env.name, lit ? "on" : "off",
                  (int32_t)led->state.toggles);
}

static const char *led_init(void *self, const struct device_env *env)
{
    struct led *led = self;
    struct props_gpio gpio;
    led->env = *env;
    if (env->props.gpio == NULL || !env->props.gpio(env->props.node, "gpios", 0, &gpio)) {
        return "an LED needs the property gpios";
    }
    led->pin = gpio.pin;
    led->active_low = (gpio.flags & PROPS_GPIO_ACTIVE_LOW) != 0;
    wire_listen(&gpio.pin->out, &led->listener, out_changed, led, 0);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct led_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->lit);
}

const struct device_class part_led_class = {
    .name = "led",
    .size_bytes = sizeof(struct led),
    .state_offset = offsetof(struct led, state),
    .state_bytes = sizeof(struct led_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = led_init,
};
