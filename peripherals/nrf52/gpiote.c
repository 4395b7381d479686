#include "peripherals/nrf52/gpiote.h"

enum gpiote_register {
    GPIOTE_TASKS_OUT_0 = 0x000,
    GPIOTE_TASKS_SET_0 = 0x030,
    GPIOTE_TASKS_CLR_0 = 0x060,
    GPIOTE_EVENTS_IN_0 = 0x100,
    GPIOTE_EVENTS_PORT = 0x17C,
    GPIOTE_CONFIG_0 = 0x510,
};

enum channel_mode { MODE_DISABLED = 0, MODE_EVENT = 1, MODE_RESERVED = 2, MODE_TASK = 3 };
enum polarity { POLARITY_NONE = 0, POLARITY_LO_TO_HI = 1, POLARITY_HI_TO_LO = 2, POLARITY_TOGGLE };

#define CONFIG_MASK_ONE_PORT  0x00131F03U
#define CONFIG_MASK_TWO_PORTS 0x00133F03U
#define CONFIG_OUTINIT        (1U << 20)
#define ALL_EVENTS            (0xFFU | NRF_EVENT_BIT(GPIOTE_EVENTS_PORT))

static enum channel_mode mode_of(uint32_t config)
{
    return (enum channel_mode)(config & 3U);
}

/* PSEL with the port bit above it: the pin's number. */
static uint32_t pin_of(uint32_t config)
{
    return config >> 8 & 0x3FU;
}

static enum polarity polarity_of(uint32_t config)
{
    return (enum polarity)(config >> 16 & 3U);
}

static bool is_high(const struct gpiote_state *s, uint32_t channel)
{
    return (s->high >> channel & 1U) != 0;
}

static void set_high(struct gpiote_state *s, uint32_t channel, bool high)
{
    s->high = high ? s->high | 1U << channel : s->high & ~(1U << channel);
}

static void drive_claim(struct gpiote *gpiote, uint32_t pin, enum wire_level level)
{
    uint64_t bit = 1ULL << pin;
    gpiote->state.claimed =
        level != WIRE_FLOATING ? gpiote->state.claimed | bit : gpiote->state.claimed & ~bit;
    wire_drive(&gpiote->env.pins[pin].claim, level);
}

static bool is_task_channel_of(const struct gpiote *gpiote, uint32_t channel, uint32_t pin)
{
    uint32_t config = gpiote->state.config[channel];
    return mode_of(config) == MODE_TASK && pin_of(config) == pin;
}

static const struct device_fault gpiote_faults[] = {
    [GPIOTE_FAULT_IN_LOST] = {"in-lost", "the VALUE-th IN event from now does not come, once", 1,
                              INT32_MAX},
    [GPIOTE_FAULTS] = {0}};

/* Whether a pin is claimed follows from the channels in task mode. */
static void update_claim(struct gpiote *gpiote, uint32_t pin)
{
    enum wire_level level = WIRE_FLOATING;
    for (uint32_t i = 0; i < GPIOTE_CHANNELS; i++) {
        if (is_task_channel_of(gpiote, i, pin)) {
            level = is_high(&gpiote->state, i) ? WIRE_HIGH : WIRE_LOW;
        }
    }
    if (level != WIRE_FLOATING || (gpiote->state.claimed >> pin & 1U) != 0) {
        drive_claim(gpiote, pin, level);
    }
}

static void gpiote_update(void *self)
{
    struct gpiote *gpiote = self;
    for (uint32_t pin = 0; pin < gpiote->pin_count; pin++) {
        update_claim(gpiote, pin);
    }
    nrf_events_update_irq(&gpiote->env, &gpiote->state.events);
}

static bool is_edge_wanted(uint32_t config, bool rises)
{
    enum polarity polarity = polarity_of(config);
    return polarity == POLARITY_TOGGLE ||
           polarity == (rises ? POLARITY_LO_TO_HI : POLARITY_HI_TO_LO);
}

/* The wire is asked for its level, not the call: a listener before us may have changed it again. */
static void pad_changed(void *owner, uint32_t pin, enum wire_level level)
{
    struct gpiote *gpiote = owner;
    struct gpiote_state *s = &gpiote->state;
    (void)level;
    for (uint32_t i = 0; i < GPIOTE_CHANNELS; i++) {
        bool high = gpiote->env.pins[pin].pad.level == WIRE_HIGH;
        if (mode_of(s->config[i]) != MODE_EVENT || pin_of(s->config[i]) != pin ||
            high == is_high(s, i)) {
            continue;
        }
        set_high(s, i, high);
        if (is_edge_wanted(s->config[i], high) &&
            !device_fault_strikes(&s->faults.values[GPIOTE_FAULT_IN_LOST])) {
            nrf_event_raise(&gpiote->env, &s->events, GPIOTE_EVENTS_IN_0 + 4 * i);
        }
    }
}

static void detect_changed(void *owner, uint32_t pin, enum wire_level level)
{
    struct gpiote *gpiote = owner;
    uint32_t *detected = &gpiote->state.detected[pin / 32];
    uint32_t before = *detected;
    uint32_t bit = 1U << pin % 32;
    (void)level;
    *detected = gpiote->env.pins[pin].detect.level == WIRE_HIGH ? before | bit : before & ~bit;
    if (before == 0 && *detected != 0) {
        nrf_event_raise(&gpiote->env, &gpiote->state.events, GPIOTE_EVENTS_PORT);
    }
}

/* Which channel's register of an array this is; GPIOTE_CHANNELS when it is none. */
static uint32_t channel_at(uint32_t offset, uint32_t first)
{
    return offset >= first && offset < first + 4 * GPIOTE_CHANNELS ? (offset - first) / 4
                                                                   : GPIOTE_CHANNELS;
}

static bool is_task(uint32_t offset)
{
    return channel_at(offset, GPIOTE_TASKS_OUT_0) < GPIOTE_CHANNELS ||
           channel_at(offset, GPIOTE_TASKS_SET_0) < GPIOTE_CHANNELS ||
           channel_at(offset, GPIOTE_TASKS_CLR_0) < GPIOTE_CHANNELS;
}

static void put_out(struct gpiote *gpiote, uint32_t channel, bool high)
{
    uint32_t config = gpiote->state.config[channel];
    if (mode_of(config) != MODE_TASK) {
        device_guest_error(&gpiote->env, GPIOTE_CONFIG_0 + 4 * channel,
                           "a task of a channel that is not in task mode is ignored");
        return;
    }
    set_high(&gpiote->state, channel, high);
    drive_claim(gpiote, pin_of(config), high ? WIRE_HIGH : WIRE_LOW);
}

static void run_task_out(struct gpiote *gpiote, uint32_t channel)
{
    switch (polarity_of(gpiote->state.config[channel])) {
    case POLARITY_NONE:
        break;
    case POLARITY_LO_TO_HI:
        put_out(gpiote, channel, true);
        break;
    case POLARITY_HI_TO_LO:
        put_out(gpiote, channel, false);
        break;
    case POLARITY_TOGGLE:
        put_out(gpiote, channel, !is_high(&gpiote->state, channel));
        break;
    }
}

static void run_task(struct gpiote *gpiote, uint32_t offset)
{
    uint32_t channel = channel_at(offset, GPIOTE_TASKS_OUT_0);
    if (channel < GPIOTE_CHANNELS) {
        run_task_out(gpiote, channel);
        return;
    }
    channel = channel_at(offset, GPIOTE_TASKS_SET_0);
    if (channel < GPIOTE_CHANNELS) {
        put_out(gpiote, channel, true);
        return;
    }
    put_out(gpiote, channel_at(offset, GPIOTE_TASKS_CLR_0), false);
}

static void write_config(struct gpiote *gpiote, uint32_t channel, uint32_t value)
{
    struct gpiote_state *s = &gpiote->state;
    uint32_t before = s->config[channel];
    uint32_t config =
        value & (gpiote->pin_count > 32 ? CONFIG_MASK_TWO_PORTS : CONFIG_MASK_ONE_PORT);
    uint32_t pin = pin_of(config);
    bool active = mode_of(config) == MODE_EVENT || mode_of(config) == MODE_TASK;
    if (mode_of(config) == MODE_RESERVED || (active && pin >= gpiote->pin_count)) {
        device_guest_error(&gpiote->env, GPIOTE_CONFIG_0 + 4 * channel,
                           "CONFIG has a reserved mode or names a pin that does not exist");
        config &= ~3U;
        active = false; /* as if it were disabled */
    }
    s->config[channel] = config;
    if (mode_of(before) == MODE_TASK) {
        update_claim(gpiote, pin_of(before)); /* first: the pad may fall back to GPIO's level */
    }
    if (active) {
        set_high(s, channel,
                 mode_of(config) == MODE_TASK ? (config & CONFIG_OUTINIT) != 0
                                              : gpiote->env.pins[pin].pad.level == WIRE_HIGH);
        update_claim(gpiote, pin);
    }
}

static bool gpiote_get(const struct gpiote *gpiote, uint32_t offset, uint32_t *value)
{
    uint32_t channel = channel_at(offset, GPIOTE_CONFIG_0);
    if (channel < GPIOTE_CHANNELS) {
        *value = gpiote->state.config[channel];
        return true;
    }
    if (is_task(offset)) {
        *value = 0;
        return true;
    }
    return nrf_events_get(&gpiote->state.events, ALL_EVENTS, offset, value);
}

static uint32_t gpiote_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return gpiote_get(self, offset, &value) ? value : 0;
}

static enum bus_result gpiote_read(void *self, struct bus_access access, uint32_t *value)
{
    struct gpiote *gpiote = self;
    uint32_t word = 0;
    bool known = gpiote_get(gpiote, access.offset & ~3U, &word);
    return nrf_finish_read(&gpiote->env, access, known, word, value);
}

static enum bus_result gpiote_write(void *self, struct bus_access access, uint32_t value)
{
    struct gpiote *gpiote = self;
    uint32_t word = nrf_begin_write(&gpiote->env, access, value);
    uint32_t offset = access.offset & ~3U;
    uint32_t channel = channel_at(offset, GPIOTE_CONFIG_0);
    if (channel < GPIOTE_CHANNELS) {
        write_config(gpiote, channel, word);
    } else if (is_task(offset)) {
        if (nrf_is_trigger(word)) {
            run_task(gpiote, offset);
        }
    } else if (!nrf_events_write(&gpiote->state.events, ALL_EVENTS, offset, word)) {
        nrf_report_unknown_write(&gpiote->env, offset);
    }
    nrf_events_update_irq(&gpiote->env, &gpiote->state.events);
    return BUS_OK;
}

/* What DETECT shows is GPIO's, so a reset must not make a new edge of it. */
static void gpiote_reset(void *self, uint32_t reasons)
{
    struct gpiote *gpiote = self;
    (void)reasons;
    gpiote->state = (struct gpiote_state){
        .detected = {gpiote->state.detected[0], gpiote->state.detected[1]},
        .claimed = gpiote->state.claimed,
        .faults = gpiote->state.faults,
    };
}

static bool gpiote_input(void *self, const struct device_input *input)
{
    struct gpiote *gpiote = self;
    return device_fault_take(gpiote_faults, input, gpiote->state.faults.values);
}

static const char *gpiote_init(void *self, const struct device_env *env)
{
    struct gpiote *gpiote = self;
    gpiote->env = *env;
    gpiote->pin_count = env->pin_count < GPIOTE_PINS_MAX ? env->pin_count : GPIOTE_PINS_MAX;
    for (uint32_t i = 0; i < gpiote->pin_count; i++) {
        wire_listen(&env->pins[i].pad, &gpiote->pad[i], pad_changed, gpiote, i);
        wire_listen(&env->pins[i].detect, &gpiote->detect[i], detect_changed, gpiote, i);
    }
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct gpiote *gpiote = self;
    const struct gpiote_state *s = state;
    (void)now_cycles;
    for (uint32_t i = 0; i < GPIOTE_CHANNELS; i++) {
        enum channel_mode mode = mode_of(s->config[i]);
        if (mode == MODE_RESERVED ||
            (mode != MODE_DISABLED && pin_of(s->config[i]) >= gpiote->pin_count)) {
            return false;
        }
    }
    return (gpiote->pin_count == GPIOTE_PINS_MAX || s->claimed >> gpiote->pin_count == 0) &&
           device_faults_are_sane(gpiote_faults, s->faults.values);
}

const struct device_class nrf52_gpiote_class = {
    .name = "nrf52-gpiote",
    .size_bytes = sizeof(struct gpiote),
    .state_offset = offsetof(struct gpiote, state),
    .state_bytes = sizeof(struct gpiote_state),
    .state_version = 3,
    .state_is_sane = state_is_sane,
    .init = gpiote_init,
    .reset = gpiote_reset,
    .update = gpiote_update,
    .read = gpiote_read,
    .write = gpiote_write,
    .peek = gpiote_peek,
    .input = gpiote_input,
    .faults = gpiote_faults,
};
