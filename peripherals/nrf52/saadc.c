#include "peripherals/nrf52/saadc.h"

#include "peripherals/nrf52/nrf_random.h"
#include "peripherals/nrf52/saadc_convert.h"

#define ALL_EVENTS         0x003FFFFFU
#define CONFIG_RESET       0x00020000U
#define CONFIG_MASK        0x01171733U
#define CONFIG_BURST       (1U << 24)
#define LIMIT_RESET        0x7FFF8000U
#define RESOLUTION_RESET   1U
#define RESOLUTION_MAX     3U
#define OVERSAMPLE_MAX     8U
#define SAMPLERATE_MASK    0x17FFU
#define SAMPLERATE_TIMERS  (1U << 12)
#define SAMPLERATE_CC_MIN  80U
#define MAXCNT_MASK        0x7FFFU
#define TIMER_CLOCK_HZ     16000000U
#define RESULT_BYTES       2U
#define CHANNEL_BYTES      0x10U
#define CHANNELS_END       (SAADC_CH_0_PSELP + CHANNEL_BYTES * SAADC_CHANNELS)
#define LIMIT_EVENT_STRIDE 8U

static void guest_error(struct saadc *saadc, uint32_t offset, const char *what)
{
    diag_guest_error(saadc->env.diag, saadc->env.name, offset, what);
}

static void schedule_us(struct saadc *saadc, struct event *event, uint64_t microseconds)
{
    clock_schedule(saadc->env.clock, event,
                   clock_now(saadc->env.clock) +
                       clock_us_to_cycles(saadc->env.clock, microseconds));
}

static uint32_t acquisition_us(uint32_t config)
{
    static const uint8_t us[8] = {3, 5, 10, 15, 20, 40, 40, 40}; /* the last two are reserved */
    return us[config >> 16 & 7U];
}

/* SAADC_CHANNELS: there is none from `channel` on. */
static uint32_t next_channel(const struct saadc_state *s, uint32_t channel)
{
    while (channel < SAADC_CHANNELS && s->channels[channel].pselp == SAADC_PSEL_NC) {
        channel++;
    }
    return channel;
}

static void acquire(struct saadc *saadc, uint64_t late_cycles)
{
    struct saadc_state *s = &saadc->state;
    uint64_t us = acquisition_us(s->channels[s->channel].config);
    s->held = false;
    clock_schedule(saadc->env.clock, &saadc->step,
                   clock_now(saadc->env.clock) - late_cycles +
                       clock_us_to_cycles(saadc->env.clock, us));
}

static void begin_scan(struct saadc *saadc)
{
    struct saadc_state *s = &saadc->state;
    s->channel = next_channel(s, 0);
    if (s->channel == SAADC_CHANNELS) {
        guest_error(saadc, SAADC_CH_0_PSELP, "SAMPLE with no channel: all of PSELP are NC");
        return;
    }
    s->busy = true;
    acquire(saadc, 0);
}

static int32_t clamp(int32_t value, int32_t lowest, int32_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

static int32_t take_sample(struct saadc *saadc)
{
    struct saadc_state *s = &saadc->state;
    const struct saadc_channel *channel = &s->channels[s->channel];
    const int32_t *faults = s->faults.values;
    int32_t lowest, highest;
    saadc_limits(channel->config, s->resolution, &lowest, &highest);
    int32_t value = saadc_convert(saadc_channel_microvolts(&saadc->env, channel), channel->config,
                                  s->resolution, saadc->env.nets->vdd.microvolts);
    if (faults[SAADC_NOISE] != 0) {
        uint64_t steps = 2U * (uint64_t)faults[SAADC_NOISE] + 1U;
        value += (int32_t)(nrf_random_next(&s->faults.random) % steps) - faults[SAADC_NOISE];
        value = clamp(value, lowest, highest);
    }
    if (faults[SAADC_SATURATED] != 0) {
        value = faults[SAADC_SATURATED] > 0 ? highest : lowest;
    }
    return faults[SAADC_STUCK] != 0 ? faults[SAADC_STUCK] : value;
}

static uint32_t add_event(struct saadc_state *s, uint32_t offset)
{
    nrf_event_set(&s->events, offset);
    return NRF_EVENT_BIT(offset);
}

/* The result goes to RAM. Gives the events that this is. */
static uint32_t store_result(struct saadc *saadc)
{
    struct saadc_state *s = &saadc->state;
    uint8_t bytes[RESULT_BYTES] = {(uint8_t)((uint32_t)s->result & 0xFFU),
                                   (uint8_t)((uint32_t)s->result >> 8 & 0xFFU)};
    if (!s->armed) {
        return 0;
    }
    if (s->left != 0) {
        if (saadc->env.dma.write(saadc->env.dma.context, s->next, bytes, sizeof bytes) != BUS_OK) {
            guest_error(saadc, SAADC_RESULT_PTR, "EasyDMA reaches RAM only: the buffer leaves it");
            s->armed = false;
            return 0;
        }
        s->next += RESULT_BYTES;
        s->left--;
        s->amount++;
    }
    if (s->left != 0) {
        return 0;
    }
    s->armed = false;
    return add_event(s, SAADC_EVENTS_END);
}

static uint32_t compare_limits(struct saadc_state *s)
{
    uint32_t limit = s->channels[s->channel].limit;
    uint32_t events = 0;
    if (s->result >= (int16_t)(limit >> 16)) {
        events |= add_event(s, SAADC_EVENTS_CH_0_LIMITH + LIMIT_EVENT_STRIDE * s->channel);
    }
    if (s->result <= (int16_t)(limit & 0xFFFFU)) {
        events |= add_event(s, SAADC_EVENTS_CH_0_LIMITL + LIMIT_EVENT_STRIDE * s->channel);
    }
    return events;
}

/* In the order in which the specification has them happen. */
static void raise_all(struct saadc *saadc, uint32_t events)
{
    static const uint32_t first[] = {SAADC_EVENTS_DONE, SAADC_EVENTS_RESULTDONE};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        if ((events & NRF_EVENT_BIT(first[i])) != 0) {
            nrf_event_raise(&saadc->env, &saadc->state.events, first[i]);
        }
    }
    for (uint32_t i = 0; i < 2U * SAADC_CHANNELS; i++) {
        uint32_t offset = SAADC_EVENTS_CH_0_LIMITH + 4U * i;
        if ((events & NRF_EVENT_BIT(offset)) != 0) {
            nrf_event_raise(&saadc->env, &saadc->state.events, offset);
        }
    }
    if ((events & NRF_EVENT_BIT(SAADC_EVENTS_END)) != 0) {
        nrf_event_raise(&saadc->env, &saadc->state.events, SAADC_EVENTS_END);
    }
}

/* One more conversion is in the sum. With enough of them there is a result. */
static uint32_t count_conversion(struct saadc *saadc)
{
    struct saadc_state *s = &saadc->state;
    uint32_t events = add_event(s, SAADC_EVENTS_DONE);
    s->sum += s->sample;
    s->taken++;
    if (s->taken >> s->oversample == 0) {
        return events;
    }
    if (s->faults.values[SAADC_HOLD] == 0) {
        s->result = s->sum / (int32_t)s->taken;
    }
    s->sum = 0;
    s->taken = 0;
    events |= add_event(s, SAADC_EVENTS_RESULTDONE);
    events |= compare_limits(s);
    return events | store_result(saadc);
}

/* What follows is under way before the world hears of the events: a task that PPI runs finds it so.
 */
static void converted(struct saadc *saadc, uint64_t late_cycles)
{
    struct saadc_state *s = &saadc->state;
    uint32_t events = count_conversion(saadc);
    bool again = (s->channels[s->channel].config & CONFIG_BURST) != 0 && s->taken != 0;
    if (!again) {
        s->channel = next_channel(s, s->channel + 1);
    }
    if (s->channel < SAADC_CHANNELS) {
        acquire(saadc, late_cycles);
    } else {
        s->channel = 0;
        s->busy = false;
    }
    raise_all(saadc, events);
}

static void step_fired(void *owner, uint64_t late_cycles)
{
    struct saadc *saadc = owner;
    struct saadc_state *s = &saadc->state;
    if (s->held) {
        converted(saadc, late_cycles);
        return;
    }
    s->sample = take_sample(saadc);
    s->held = true;
    clock_schedule(saadc->env.clock, &saadc->step,
                   clock_now(saadc->env.clock) - late_cycles +
                       clock_us_to_cycles(saadc->env.clock, SAADC_CONVERT_US));
}

static uint64_t sample_period_cycles(const struct saadc *saadc)
{
    uint32_t cc = saadc->state.samplerate & ~SAMPLERATE_TIMERS;
    cc = cc < SAMPLERATE_CC_MIN ? SAMPLERATE_CC_MIN : cc;
    return (uint64_t)cc * (saadc->env.clock->cpu_hz / TIMER_CLOCK_HZ);
}

/* A tick that finds the conversion of the last one under way is lost. */
static void sample_fired(void *owner, uint64_t late_cycles)
{
    struct saadc *saadc = owner;
    clock_schedule(saadc->env.clock, &saadc->sample,
                   clock_now(saadc->env.clock) - late_cycles + sample_period_cycles(saadc));
    if (!saadc->state.busy) {
        begin_scan(saadc);
    }
}

static void calibrated_fired(void *owner, uint64_t late_cycles)
{
    struct saadc *saadc = owner;
    (void)late_cycles;
    nrf_event_raise(&saadc->env, &saadc->state.events, SAADC_EVENTS_CALIBRATEDONE);
}

static void start(struct saadc *saadc)
{
    struct saadc_state *s = &saadc->state;
    uint8_t probe;
    if (s->maxcnt != 0 &&
        saadc->env.dma.read(saadc->env.dma.context, s->ptr, &probe, 1) != BUS_OK) {
        guest_error(saadc, SAADC_RESULT_PTR, "EasyDMA reaches RAM only: nothing is stored");
        s->armed = false;
        return;
    }
    if (s->armed) {
        guest_error(saadc, SAADC_TASKS_START, "START before END: the old buffer is left as it is");
    }
    s->next = s->ptr;
    s->left = s->maxcnt;
    s->amount = 0;
    s->armed = true;
    nrf_event_raise(&saadc->env, &s->events, SAADC_EVENTS_STARTED);
}

static void sample(struct saadc *saadc)
{
    struct saadc_state *s = &saadc->state;
    if (!s->armed) {
        guest_error(saadc, SAADC_TASKS_SAMPLE, "SAMPLE without START or after END is ignored");
        return;
    }
    if (s->busy || saadc->sample.queued) {
        guest_error(saadc, SAADC_TASKS_SAMPLE, "SAMPLE during a conversion is ignored");
        return;
    }
    if ((s->samplerate & SAMPLERATE_TIMERS) != 0) {
        clock_schedule(saadc->env.clock, &saadc->sample,
                       clock_now(saadc->env.clock) + sample_period_cycles(saadc));
    }
    begin_scan(saadc);
}

static void abort_conversion(struct saadc *saadc)
{
    struct saadc_state *s = &saadc->state;
    clock_cancel(saadc->env.clock, &saadc->step);
    clock_cancel(saadc->env.clock, &saadc->sample);
    s->busy = false;
    s->held = false;
    s->armed = false;
    s->channel = 0;
    s->taken = 0;
    s->sum = 0;
}

/* A buffer that was being filled ends with it. */
static void stop(struct saadc *saadc)
{
    bool ends = saadc->state.armed;
    abort_conversion(saadc);
    if (ends) {
        nrf_event_raise(&saadc->env, &saadc->state.events, SAADC_EVENTS_END);
    }
    nrf_event_raise(&saadc->env, &saadc->state.events, SAADC_EVENTS_STOPPED);
}

static void run_task(struct saadc *saadc, uint32_t offset)
{
    if (saadc->state.enable == 0) {
        guest_error(saadc, offset, "a task while ENABLE is 0 is ignored");
        return;
    }
    switch (offset) {
    case SAADC_TASKS_START:
        start(saadc);
        break;
    case SAADC_TASKS_SAMPLE:
        sample(saadc);
        break;
    case SAADC_TASKS_STOP:
        stop(saadc);
        break;
    default: /* CALIBRATEOFFSET */
        schedule_us(saadc, &saadc->calibrated, SAADC_CALIBRATE_US);
        break;
    }
}

/* A register of a channel, NULL: the offset is none. */
static uint32_t *channel_register(struct saadc_state *s, uint32_t offset)
{
    if (offset < SAADC_CH_0_PSELP || offset >= CHANNELS_END) {
        return NULL;
    }
    struct saadc_channel *channel = &s->channels[(offset - SAADC_CH_0_PSELP) / CHANNEL_BYTES];
    uint32_t *registers[] = {&channel->pselp, &channel->pseln, &channel->config, &channel->limit};
    return registers[offset / 4U % 4U];
}

static bool saadc_get(const struct saadc *saadc, uint32_t offset, uint32_t *value)
{
    struct saadc_state copy = saadc->state;
    const uint32_t *of_channel = channel_register(&copy, offset);
    if (of_channel != NULL) {
        *value = *of_channel;
        return true;
    }
    if (nrf_events_get(&saadc->state.events, ALL_EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case SAADC_TASKS_START:
    case SAADC_TASKS_SAMPLE:
    case SAADC_TASKS_STOP:
    case SAADC_TASKS_CALIBRATEOFFSET:
        *value = 0;
        return true;
    case NRF_INTEN:
        *value = copy.events.inten;
        return true;
    case SAADC_STATUS:
        *value = copy.busy;
        return true;
    case SAADC_ENABLE:
        *value = copy.enable;
        return true;
    case SAADC_RESOLUTION:
        *value = copy.resolution;
        return true;
    case SAADC_OVERSAMPLE:
        *value = copy.oversample;
        return true;
    case SAADC_SAMPLERATE:
        *value = copy.samplerate;
        return true;
    case SAADC_RESULT_PTR:
        *value = copy.ptr;
        return true;
    case SAADC_RESULT_MAXCNT:
        *value = copy.maxcnt;
        return true;
    case SAADC_RESULT_AMOUNT:
        *value = copy.amount;
        return true;
    default:
        return false;
    }
}

static uint32_t saadc_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return saadc_get(self, offset, &value) ? value : 0;
}

static enum bus_result saadc_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct saadc *saadc = self;
    uint32_t word = 0;
    bool known = saadc_get(saadc, access.offset & ~3U, &word);
    return nrf_finish_read(&saadc->env, access, known, word, value);
}

static void write_channel(struct saadc *saadc, uint32_t offset, uint32_t *of_channel,
                          uint32_t value)
{
    static const uint32_t masks[4] = {0x1FU, 0x1FU, CONFIG_MASK, UINT32_MAX};
    *of_channel = value & masks[offset / 4U % 4U];
    if (offset / 4U % 4U < 2U && !saadc_is_input(&saadc->env, *of_channel)) {
        guest_error(saadc, offset, "PSELP or PSELN names an input that the chip does not have");
    }
}

static uint32_t at_most(struct saadc *saadc, uint32_t offset, uint32_t value, uint32_t most)
{
    if (value > most) {
        guest_error(saadc, offset, "a reserved value: taken as the highest one");
    }
    return value > most ? most : value;
}

static void write_enable(struct saadc *saadc, uint32_t value)
{
    saadc->state.enable = value;
    if (value == 0) {
        clock_cancel(saadc->env.clock, &saadc->calibrated);
        abort_conversion(saadc);
    }
}

static void write_register(struct saadc *saadc, uint32_t offset, uint32_t value)
{
    struct saadc_state *s = &saadc->state;
    uint32_t *of_channel = channel_register(s, offset);
    if (of_channel != NULL) {
        write_channel(saadc, offset, of_channel, value);
        return;
    }
    switch (offset) {
    case SAADC_TASKS_START:
    case SAADC_TASKS_SAMPLE:
    case SAADC_TASKS_STOP:
    case SAADC_TASKS_CALIBRATEOFFSET:
        if (nrf_is_trigger(value)) {
            run_task(saadc, offset);
        }
        break;
    case NRF_INTEN:
        s->events.inten = value & ALL_EVENTS;
        break;
    case SAADC_ENABLE:
        write_enable(saadc, value & 1U);
        break;
    case SAADC_RESOLUTION:
        s->resolution = at_most(saadc, offset, value & 7U, RESOLUTION_MAX);
        break;
    case SAADC_OVERSAMPLE:
        s->oversample = at_most(saadc, offset, value & 0xFU, OVERSAMPLE_MAX);
        break;
    case SAADC_SAMPLERATE:
        s->samplerate = value & SAMPLERATE_MASK;
        break;
    case SAADC_RESULT_PTR:
        s->ptr = value;
        break;
    case SAADC_RESULT_MAXCNT:
        s->maxcnt = value & MAXCNT_MASK;
        break;
    default:
        nrf_report_unknown_write(&saadc->env, offset);
        break;
    }
}

static void saadc_update(void *self)
{
    struct saadc *saadc = self;
    nrf_events_update_irq(&saadc->env, &saadc->state.events);
}

static enum bus_result saadc_write(void *self, struct bus_access access, uint32_t value)
{
    struct saadc *saadc = self;
    uint32_t word = nrf_begin_write(&saadc->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (!nrf_events_write(&saadc->state.events, ALL_EVENTS, offset, word)) {
        write_register(saadc, offset, word);
    }
    saadc_update(saadc);
    return BUS_OK;
}

static const struct device_fault saadc_faults[] = {
    {"stuck", "every conversion gives VALUE (a result, not 0)", INT16_MIN, INT16_MAX},
    {"hold", "1: every result is the one before the fault", 1, 1},
    {"saturated", "1: every conversion gives the highest number, -1: the lowest", -1, 1},
    {"noise", "each conversion is off by at most VALUE steps", 1, 1 << 14},
    {NULL, NULL, 0, 0},
};

static bool saadc_input(void *self, const struct device_input *input)
{
    struct saadc *saadc = self;
    return device_fault_take(saadc_faults, input, saadc->state.faults.values);
}

static void saadc_reset(void *self, uint32_t reasons)
{
    struct saadc *saadc = self;
    (void)reasons;
    abort_conversion(saadc);
    clock_cancel(saadc->env.clock, &saadc->calibrated);
    saadc->state =
        (struct saadc_state){.resolution = RESOLUTION_RESET, .faults = saadc->state.faults};
    for (uint32_t i = 0; i < SAADC_CHANNELS; i++) {
        saadc->state.channels[i] =
            (struct saadc_channel){.config = CONFIG_RESET, .limit = LIMIT_RESET};
    }
}

static const char *saadc_init(void *self, const struct device_env *env)
{
    struct saadc *saadc = self;
    saadc->env = *env;
    saadc->state.faults.random = env->seed;
    event_init(&saadc->step, step_fired, saadc);
    event_init(&saadc->sample, sample_fired, saadc);
    event_init(&saadc->calibrated, calibrated_fired, saadc);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct saadc_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->armed) && device_bool_is_sane(&s->busy) &&
           device_bool_is_sane(&s->held) && s->channel < SAADC_CHANNELS &&
           s->resolution <= RESOLUTION_MAX && s->oversample <= OVERSAMPLE_MAX &&
           s->taken < 1U << OVERSAMPLE_MAX && s->left <= MAXCNT_MASK && s->sample >= INT16_MIN &&
           s->sample <= INT16_MAX && s->sum >= INT16_MIN * 256 && s->sum <= INT16_MAX * 256 &&
           device_faults_are_sane(saadc_faults, s->faults.values);
}

static const size_t event_offsets[] = {offsetof(struct saadc, step), offsetof(struct saadc, sample),
                                       offsetof(struct saadc, calibrated)};

const struct device_class nrf52_saadc_class = {
    .name = "nrf52-saadc",
    .size_bytes = sizeof(struct saadc),
    .state_offset = offsetof(struct saadc, state),
    .state_bytes = sizeof(struct saadc_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = saadc_init,
    .reset = saadc_reset,
    .update = saadc_update,
    .read = saadc_read,
    .write = saadc_write,
    .peek = saadc_peek,
    .input = saadc_input,
    .faults = saadc_faults,
};
