#include "peripherals/parts/buzzer.h"

#include <inttypes.h>
#include <stdio.h>

static void note(const struct buzzer *buzzer, const char *what, uint32_t value)
{
    observer_note(&buzzer->env.observer, buzzer->env.name, what, (int32_t)value);
}

static void silence(struct buzzer *buzzer)
{
    struct buzzer_state *s = &buzzer->state;
    bool told = buzzer->driven.by_pwm ? s->hz != 0 : s->on;
    clock_cancel(buzzer->env.clock, &buzzer->silence);
    s->on = false;
    s->hz = 0;
    if (told) {
        note(buzzer, "off", 0);
    }
}

static void silence_fired(void *owner, uint64_t late_cycles)
{
    (void)late_cycles;
    silence(owner);
}

static bool is_other_tone(uint32_t hz, uint32_t before)
{
    uint32_t difference = hz > before ? hz - before : before - hz;
    return before == 0 || difference > before / 100;
}

static void take_rising_edge(struct buzzer *buzzer)
{
    struct buzzer_state *s = &buzzer->state;
    uint64_t now = clock_now(buzzer->env.clock);
    uint64_t period = now - s->edge_cycles;
    bool second = s->on && period != 0;
    s->on = true;
    s->edge_cycles = now;
    clock_schedule(buzzer->env.clock, &buzzer->silence,
                   now + clock_us_to_cycles(buzzer->env.clock, BUZZER_SILENCE_US));
    if (!second) {
        return;
    }
    uint32_t hz = (uint32_t)((buzzer->env.clock->cpu_hz + period / 2) / period);
    if (is_other_tone(hz, s->hz)) {
        s->hz = hz;
        note(buzzer, "tone", hz);
    }
}

static void follow(struct buzzer *buzzer)
{
    struct buzzer_state *s = &buzzer->state;
    bool active = driven_is_active(&buzzer->driven, buzzer->driven.pin->out.level);
    if (s->stuck != 0) {
        silence(buzzer);
    } else if (buzzer->driven.by_pwm && active) {
        take_rising_edge(buzzer);
    } else if (!buzzer->driven.by_pwm && active != s->on) {
        s->on = active;
        note(buzzer, active ? "on" : "off", active);
    }
}

static void out_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)index;
    (void)level;
    follow(owner);
}

static const struct device_fault buzzer_faults[] = {
    {"stuck", "1: the buzzer is silent", 1, 1},
    {NULL, NULL, 0, 0},
};

static bool buzzer_input(void *self, const struct device_input *input)
{
    struct buzzer *buzzer = self;
    if (!device_fault_take(buzzer_faults, input, &buzzer->state.stuck)) {
        return false;
    }
    if (buzzer->state.stuck != 0 || !buzzer->driven.by_pwm) {
        follow(buzzer);
    }
    return true;
}

static const char *buzzer_init(void *self, const struct device_env *env)
{
    struct buzzer *buzzer = self;
    buzzer->env = *env;
    event_init(&buzzer->silence, silence_fired, buzzer);
    return driven_init(&buzzer->driven, env, "gpios", out_changed, buzzer)
               ? NULL
               : "a buzzer needs the property gpios, or pwms with a pin for the channel";
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct buzzer_state *s = state;
    (void)self;
    return device_bool_is_sane(&s->on) && device_faults_are_sane(buzzer_faults, &s->stuck) &&
           s->edge_cycles <= now_cycles;
}

static void buzzer_see(const void *self, struct device_sight *sight)
{
    const struct buzzer *buzzer = self;
    const struct buzzer_state *s = &buzzer->state;
    sight->active = buzzer->driven.by_pwm ? s->hz != 0 : s->on;
    if (s->hz != 0) {
        snprintf(sight->text, sizeof sight->text, "%" PRIu32 " Hz", s->hz);
    } else {
        snprintf(sight->text, sizeof sight->text, "%s", sight->active ? "sounding" : "silent");
    }
}

static const size_t event_offsets[] = {offsetof(struct buzzer, silence)};

const struct device_class part_buzzer_class = {
    .name = "buzzer",
    .size_bytes = sizeof(struct buzzer),
    .state_offset = offsetof(struct buzzer, state),
    .state_bytes = sizeof(struct buzzer_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = buzzer_init,
    .input = buzzer_input,
    .look = DEVICE_LOOK_BUZZER,
    .see = buzzer_see,
    .faults = buzzer_faults,
};
