#include "peripherals/parts/encoder.h"

#include <string.h>

#define STEP_US_DEFAULT 1000U

static void encoder_update(void *self)
{
    struct encoder *encoder = self;
    static const bool levels[4][2] = {{false, false}, {false, true}, {true, true}, {true, false}};
    const bool *now = levels[(uint32_t)encoder->state.position & 3U];
    for (uint32_t i = 0; i < 2 && encoder->state.stuck == 0; i++) {
        wire_drive(&encoder->pins[i]->in, now[i] != encoder->active_low[i] ? WIRE_HIGH : WIRE_LOW);
    }
}

static void schedule_step(struct encoder *encoder, uint64_t from_cycles)
{
    clock_schedule(encoder->env.clock, &encoder->step,
                   from_cycles + clock_us_to_cycles(encoder->env.clock, encoder->step_us));
}

static void step_fired(void *owner, uint64_t late_cycles)
{
    struct encoder *encoder = owner;
    struct encoder_state *s = &encoder->state;
    int32_t direction = s->wanted > 0 ? 1 : -1;
    if (s->wanted == 0) {
        return; /* it was turned back before its first step */
    }
    s->position = (int32_t)((uint32_t)s->position + (uint32_t)direction);
    s->wanted -= direction;
    if (s->wanted != 0) {
        schedule_step(encoder, clock_now(encoder->env.clock) - late_cycles);
    }
    observer_note(&encoder->env.observer, encoder->env.name, "position", s->position);
    encoder_update(encoder);
}

static void turn(struct encoder *encoder, int32_t steps)
{
    struct encoder_state *s = &encoder->state;
    int64_t wanted = (int64_t)s->wanted + steps;
    wanted = wanted > ENCODER_STEPS_MAX ? ENCODER_STEPS_MAX : wanted;
    s->wanted = (int32_t)(wanted < -ENCODER_STEPS_MAX ? -ENCODER_STEPS_MAX : wanted);
    if (!encoder->step.queued && s->wanted != 0) {
        schedule_step(encoder, clock_now(encoder->env.clock));
    }
}

static const struct device_fault encoder_faults[] = {
    {"stuck", "1: the outputs keep their levels", 1, 1},
    {NULL, NULL, 0, 0},
};

static bool encoder_input(void *self, const struct device_input *input)
{
    struct encoder *encoder = self;
    if (strcmp(input->what, "turn") == 0) {
        turn(encoder, input->value);
        return true;
    }
    if (!device_fault_take(encoder_faults, input, &encoder->state.stuck)) {
        return false;
    }
    encoder_update(encoder);
    return true;
}

static const char *encoder_init(void *self, const struct device_env *env)
{
    struct encoder *encoder = self;
    encoder->env = *env;
    for (uint32_t i = 0; i < 2; i++) {
        struct props_gpio gpio;
        if (env->props.gpio == NULL || !env->props.gpio(env->props.node, "gpios", i, &gpio)) {
            return "an encoder needs the property gpios with two entries";
        }
        encoder->pins[i] = gpio.pin;
        encoder->active_low[i] = (gpio.flags & PROPS_GPIO_ACTIVE_LOW) != 0;
    }
    encoder->step_us = props_u32_or(&env->props, "sandglass,step-us", STEP_US_DEFAULT);
    if (encoder->step_us == 0 || encoder->step_us > ENCODER_STEP_US_MAX) {
        return "sandglass,step-us is not in 1..1000000";
    }
    event_init(&encoder->step, step_fired, encoder);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct encoder_state *s = state;
    (void)self;
    (void)now_cycles;
    return s->wanted >= -ENCODER_STEPS_MAX && s->wanted <= ENCODER_STEPS_MAX &&
           device_faults_are_sane(encoder_faults, &s->stuck);
}

/* Where it will stand when all turns are made. */
static int32_t encoder_value(const void *self, size_t index)
{
    const struct encoder *encoder = self;
    (void)index;
    return (int32_t)((uint32_t)encoder->state.position + (uint32_t)encoder->state.wanted);
}

static const struct device_quantity steps = {"steps", 0, DEVICE_QUANTITY_ADDS, -100, 100};

static const struct device_input_kind encoder_inputs[] = {
    {"turn", -ENCODER_STEPS_MAX, ENCODER_STEPS_MAX, &steps}, {0}};
static const size_t event_offsets[] = {offsetof(struct encoder, step)};

const struct device_class part_encoder_class = {
    .name = "encoder",
    .size_bytes = sizeof(struct encoder),
    .state_offset = offsetof(struct encoder, state),
    .state_bytes = sizeof(struct encoder_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = encoder_init,
    .update = encoder_update,
    .input = encoder_input,
    .inputs = encoder_inputs,
    .input_value = encoder_value,
    .look = DEVICE_LOOK_KNOB,
    .faults = encoder_faults,
};
