#include "peripherals/parts/motor.h"

static void follow(struct motor *motor)
{
    struct motor_state *s = &motor->state;
    bool on = driven_is_active(&motor->driven, motor->driven.pin->out.level) && s->stuck == 0;
    if (on == s->on) {
        return;
    }
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
    (void)now_cycles;
    return device_bool_is_sane(&s->on) && device_faults_are_sane(motor_faults, &s->stuck);
}

const struct device_class part_motor_class = {
    .name = "vibration-motor",
    .size_bytes = sizeof(struct motor),
    .state_offset = offsetof(struct motor, state),
    .state_bytes = sizeof(struct motor_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = motor_init,
    .input = motor_input,
    .faults = motor_faults,
};
