#include "peripherals/parts/battery.h"

#include <string.h>

#include "peripherals/iface/analog_input.h"

#define MILLIVOLTS_DEFAULT 3700U

/* Points of a typical lithium-polymer cell at rest; straight lines between them. */
static const struct {
    int32_t percent, millivolts;
} curve[] = {{0, 3000},  {5, 3450},  {10, 3600}, {30, 3720},
             {50, 3800}, {70, 3930}, {90, 4100}, {100, 4200}};

int32_t battery_cell_millivolts(int32_t percent)
{
    size_t last = sizeof curve / sizeof curve[0] - 1;
    for (size_t i = 0; i < last; i++) {
        if (percent <= curve[i + 1].percent) {
            int32_t from = percent < curve[i].percent ? curve[i].percent : percent;
            return curve[i].millivolts + (from - curve[i].percent) *
                                             (curve[i + 1].millivolts - curve[i].millivolts) /
                                             (curve[i + 1].percent - curve[i].percent);
        }
    }
    return curve[last].millivolts;
}

static bool is_connected(const struct battery *battery)
{
    return battery->power == NULL ||
           battery->power->out.level == (battery->power_active_low ? WIRE_LOW : WIRE_HIGH);
}

static int32_t terminal_millivolts(const struct battery_state *s)
{
    return s->millivolts > s->sag ? s->millivolts - s->sag : 0;
}

static void battery_update(void *self)
{
    struct battery *battery = self;
    int64_t microvolts = (int64_t)terminal_millivolts(&battery->state) * 1000;
    /* A supply is divided inside the chip, if at all. */
    if (battery->node != &battery->env.nets->vdd) {
        microvolts = microvolts * battery->output_ohms / battery->full_ohms;
    }
    analog_drive(battery->node, is_connected(battery) ? (int32_t)microvolts : 0);
}

static void power_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)index;
    (void)level;
    battery_update(owner);
}

static int32_t clamp(int32_t value, int32_t most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static const struct device_fault battery_faults[] = {
    {"sag", "the battery gives VALUE millivolts less", 1, BATTERY_MILLIVOLTS_MAX},
    {NULL, NULL, 0, 0},
};

static bool battery_input(void *self, const struct device_input *input)
{
    struct battery *battery = self;
    struct battery_state *s = &battery->state;
    int32_t before = terminal_millivolts(s);
    if (strcmp(input->what, "millivolts") == 0) {
        s->millivolts = clamp(input->value, BATTERY_MILLIVOLTS_MAX);
    } else if (strcmp(input->what, "percent") == 0) {
        s->millivolts = battery_cell_millivolts(clamp(input->value, 100));
    } else if (!device_fault_take(battery_faults, input, &s->sag)) {
        return false;
    }
    if (terminal_millivolts(s) != before) {
        observer_note(&battery->env.observer, battery->env.name, "millivolts",
                      terminal_millivolts(s));
    }
    battery_update(battery);
    return true;
}

static void find_power(struct battery *battery)
{
    const struct props *props = &battery->env.props;
    struct props_gpio gpio;
    if (props->gpio != NULL && props->gpio(props->node, "power-gpios", 0, &gpio)) {
        battery->power = gpio.pin;
        battery->power_active_low = (gpio.flags & PROPS_GPIO_ACTIVE_LOW) != 0;
        wire_listen(&gpio.pin->out, &battery->listener, power_changed, battery, 0);
    }
}

static const char *battery_init(void *self, const struct device_env *env)
{
    struct battery *battery = self;
    const struct props *props = &env->props;
    uint32_t input = 0;
    battery->env = *env;
    if (props->u32 == NULL || !props->u32(props->node, "io-channels", 1, &input) ||
        (battery->node = analog_input_node(env, input)) == NULL) {
        return "io-channels must name one of the ADC's inputs: 0 to 7, or the supply";
    }
    battery->output_ohms = props_u32_or(props, "output-ohms", 1);
    battery->full_ohms = props_u32_or(props, "full-ohms", battery->output_ohms);
    if (battery->output_ohms == 0 || battery->full_ohms < battery->output_ohms) {
        return "output-ohms is 0, or more than full-ohms";
    }
    uint32_t millivolts = props_u32_or(props, "sandglass,millivolts", MILLIVOLTS_DEFAULT);
    if (millivolts > BATTERY_MILLIVOLTS_MAX) {
        return "sandglass,millivolts is more than 10000";
    }
    battery->state.millivolts = (int32_t)millivolts;
    find_power(battery);
    battery_update(battery);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct battery_state *s = state;
    (void)self;
    (void)now_cycles;
    return s->millivolts >= 0 && s->millivolts <= BATTERY_MILLIVOLTS_MAX &&
           device_faults_are_sane(battery_faults, &s->sag);
}

static int32_t cell_percent(int32_t millivolts)
{
    int32_t percent = 0;
    while (percent < 100 && battery_cell_millivolts(percent) < millivolts) {
        percent++;
    }
    return percent;
}

/* In the order of battery_inputs. */
static int32_t battery_value(const void *self, size_t index)
{
    const struct battery *battery = self;
    int32_t now = battery->state.millivolts;
    return index == 0 ? now : cell_percent(now);
}

static const struct device_quantity millivolts = {"mV", 0, DEVICE_QUANTITY_STAYS, 2500, 4500};
static const struct device_quantity percent = {"%", 0, DEVICE_QUANTITY_STAYS, 0, 0};

static const struct device_input_kind battery_inputs[] = {
    {"millivolts", 0, BATTERY_MILLIVOLTS_MAX, &millivolts}, {"percent", 0, 100, &percent}, {0}};

const struct device_class part_battery_class = {
    .name = "battery",
    .size_bytes = sizeof(struct battery),
    .state_offset = offsetof(struct battery, state),
    .state_bytes = sizeof(struct battery_state),
    .state_version = 1,
    .state_is_sane = state_is_sane,
    .init = battery_init,
    .update = battery_update,
    .input = battery_input,
    .inputs = battery_inputs,
    .input_value = battery_value,
    .faults = battery_faults,
};
