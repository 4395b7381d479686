#include "peripherals/parts/potentiometer.h"

#include <string.h>

#include "peripherals/iface/analog_input.h"

#define PERCENT_MAX     100
#define PERCENT_DEFAULT 50
#define BY_MILLIVOLTS   (-1)

static void potentiometer_update(void *self)
{
    struct potentiometer *pot = self;
    const struct potentiometer_state *s = &pot->state;
    int64_t vdd = pot->env.nets->vdd.microvolts;
    int64_t microvolts =
        s->percent == BY_MILLIVOLTS ? s->millivolts * 1000 : vdd * s->percent / PERCENT_MAX;
    if (s->stuck == 0) {
        analog_drive(pot->node, (int32_t)microvolts);
    }
}

static void vdd_changed(void *owner, uint32_t index, int32_t microvolts)
{
    (void)index;
    (void)microvolts;
    potentiometer_update(owner);
}

static int32_t clamp(int32_t value, int32_t most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static const struct device_fault potentiometer_faults[] = {
    {"stuck", "1: the wiper stays where it is", 1, 1},
    {NULL, NULL, 0, 0},
};

static bool potentiometer_input(void *self, const struct device_input *input)
{
    struct potentiometer *pot = self;
    struct potentiometer_state *s = &pot->state;
    if (strcmp(input->what, "percent") == 0) {
        s->percent = clamp(input->value, PERCENT_MAX);
    } else if (strcmp(input->what, "millivolts") == 0) {
        s->percent = BY_MILLIVOLTS;
        s->millivolts = clamp(input->value, POTENTIOMETER_MILLIVOLTS_MAX);
    } else if (!device_fault_take(potentiometer_faults, input, &s->stuck)) {
        return false;
    }
    int32_t before = pot->node->microvolts;
    potentiometer_update(pot);
    if (pot->node->microvolts != before) {
        observer_note(&pot->env.observer, pot->env.name, "millivolts",
                      pot->node->microvolts / 1000);
    }
    return true;
}

static const char *potentiometer_init(void *self, const struct device_env *env)
{
    struct potentiometer *pot = self;
    uint32_t input = ANALOG_INPUTS;
    pot->env = *env;
    if (env->props.u32 == NULL || !env->props.u32(env->props.node, "io-channels", 1, &input) ||
        input >= ANALOG_INPUTS || (pot->node = analog_input_node(env, input)) == NULL) {
        return "io-channels must name one of the ADC's inputs 0 to 7";
    }
    uint32_t percent = props_u32_or(&env->props, "sandglass,percent", PERCENT_DEFAULT);
    if (percent > PERCENT_MAX) {
        return "sandglass,percent is more than 100";
    }
    pot->state.percent = (int32_t)percent;
    analog_listen(&env->nets->vdd, &pot->vdd, vdd_changed, pot, 0);
    potentiometer_update(pot);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct potentiometer_state *s = state;
    (void)self;
    (void)now_cycles;
    return s->percent >= BY_MILLIVOLTS && s->percent <= PERCENT_MAX && s->millivolts >= 0 &&
           s->millivolts <= POTENTIOMETER_MILLIVOLTS_MAX &&
           device_faults_are_sane(potentiometer_faults, &s->stuck);
}

/* In the order of potentiometer_inputs. */
static int32_t potentiometer_value(const void *self, size_t index)
{
    const struct potentiometer *pot = self;
    const struct potentiometer_state *s = &pot->state;
    int64_t vdd = pot->env.nets->vdd.microvolts;
    int64_t microvolts = s->percent == BY_MILLIVOLTS ? (int64_t)s->millivolts * 1000
                                                     : vdd * s->percent / PERCENT_MAX;
    if (index == 1) {
        return (int32_t)(microvolts / 1000);
    }
    int64_t percent = vdd > 0 ? (microvolts * PERCENT_MAX + vdd / 2) / vdd : 0;
    return (int32_t)(percent > PERCENT_MAX ? PERCENT_MAX : percent);
}

static const struct device_quantity percent = {"%", 0, DEVICE_QUANTITY_STAYS, 0, 0};
static const struct device_quantity millivolts = {"mV", 0, DEVICE_QUANTITY_STAYS, 0, 3300};

static const struct device_input_kind potentiometer_inputs[] = {
    {"percent", 0, PERCENT_MAX, &percent},
    {"millivolts", 0, POTENTIOMETER_MILLIVOLTS_MAX, &millivolts},
    {0}};

const struct device_class part_potentiometer_class = {
    .name = "potentiometer",
    .size_bytes = sizeof(struct potentiometer),
    .state_offset = offsetof(struct potentiometer, state),
    .state_bytes = sizeof(struct potentiometer_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = potentiometer_init,
    .update = potentiometer_update,
    .input = potentiometer_input,
    .inputs = potentiometer_inputs,
    .input_value = potentiometer_value,
    .look = DEVICE_LOOK_KNOB,
    .faults = potentiometer_faults,
};
