#include "peripherals/parts/motor.h"

#include <stdio.h>

static void follow(struct motor *motor)
{
    struct motor_state *s = &motor->state;
    bool on = driven_is_active(&motor->driven, motor->driven.pin->out.level) && s->stuck == 0;
    if (on == s->on) {
        return;
    }
    uint64_t now = clock_now(motor->env.clock);
    s->on_cycles += s->on ? now - s->changed_cycles : 0;
    s->changed_cycles = now;
    s->on = on;
    s->changes++;
    observer_note(&motor->env.observer, motor->env.name, on ? "on" : "off", (int32_t)s->changes);
}

static void out_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)index;
    (void)level;
    follow(owner);
}

static const struct device_fault motor_faults[] = {
    {"stuck", "1: the motor does not turn", 1, 1},
    {NULL, NULL, 0, 0},
};

static bool motor_input(void *self, const struct device_input *input)
{
    struct motor *motor = self;
    if (!device_fault_take(motor_faults, input, &motor->state.stuck)) {
        return false;
    }
    follow(motor);
    return true;
}

static const char *motor_init(void *self, const struct device_env *env)
{
    struct motor *motor = self;
    motor->env = *env;
    return driven_init(&motor->driven, env, "enable-gpios", out_changed, motor)
               ? NULL
               : "a motor needs the property enable-gpios, or pwms with a pin for the channel";
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct motor_state *s = state;
    (void)self;
    return device_bool_is_sane(&s->on) && s->changed_cycles <= now_cycles &&
           device_faults_are_sane(motor_faults, &s->stuck);
}

static void motor_see(const void *self, struct device_sight *sight)
{
    const struct motor *motor = self;
    const struct motor_state *s = &motor->state;
    uint64_t since = s->on ? clock_now(motor->env.clock) - s->changed_cycles : 0;
    *sight = (struct device_sight){.active = s->on, .active_cycles = s->on_cycles + since};
    snprintf(sight->text, sizeof sight->text, "%s", s->on ? "turning" : "still");
}

const struct device_class part_motor_class = {
    .name = "vibration-motor",
    .size_bytes = sizeof(struct motor),
    .state_offset = offsetof(struct motor, state),
    .state_bytes = sizeof(struct motor_state),
    .state_version = 2,
    .state_is_sane = state_is_sane,
    .init = motor_init,
    .input = motor_input,
    .look = DEVICE_LOOK_MOTOR,
    .see = motor_see,
    .faults = motor_faults,
};
