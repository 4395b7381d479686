#include "peripherals/nrf52/saadc.h"

#include "peripherals/nrf52/saadc_convert.h"
#include "peripherals/nrf52/saadc_scan.h"

#define ALL_EVENTS       0x003FFFFFU
#define CONFIG_RESET     0x00020000U
#define CONFIG_MASK      0x01171733U
#define LIMIT_RESET      0x7FFF8000U
#define RESOLUTION_RESET 1U
#define RESOLUTION_MAX   3U
#define OVERSAMPLE_MAX   8U
#define SAMPLERATE_MASK  0x17FFU
#define MAXCNT_MASK      0x7FFFU
#define CHANNEL_BYTES    0x10U
#define CHANNELS_END     (SAADC_CH_0_PSELP + CHANNEL_BYTES * SAADC_CHANNELS)

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
        device_guest_error(&saadc->env, offset,
                           "PSELP or PSELN names an input that the chip does not have");
    }
}

static uint32_t at_most(struct saadc *saadc, uint32_t offset, uint32_t value, uint32_t most)
{
    if (value > most) {
        device_guest_error(&saadc->env, offset, "a reserved value: taken as the highest one");
    }
    return value > most ? most : value;
}

static void write_enable(struct saadc *saadc, uint32_t value)
{
    saadc->state.enable = value;
    if (value == 0) {
        clock_cancel(saadc->env.clock, &saadc->calibrated);
        saadc_abort(saadc);
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
            saadc_run_task(saadc, offset);
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
    saadc_abort(saadc);
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
    saadc_scan_init(saadc);
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

static const struct device_task saadc_tasks[] = {{SAADC_TASKS_START, "START"},
                                                 {SAADC_TASKS_SAMPLE, "SAMPLE"},
                                                 {SAADC_TASKS_STOP, "STOP"},
                                                 {SAADC_TASKS_CALIBRATEOFFSET, "CALIBRATEOFFSET"},
                                                 {0, NULL}};

static size_t saadc_timers(const void *self, struct device_timer *timers, size_t max)
{
    const struct saadc *saadc = self;
    if (!saadc->sample.queued || max == 0) {
        return 0;
    }
    uint64_t period = saadc_sample_period_cycles(saadc);
    uint64_t due = saadc->sample.due_cycles;
    timers[0] = (struct device_timer){.due_cycles = due,
                                      .begun_cycles = due > period ? due - period : 0,
                                      .period_cycles = period};
    device_timer_add_words(timers[0].label, sizeof timers[0].label, "SAMPLERATE");
    device_timer_add_words(timers[0].effect, sizeof timers[0].effect, "takes a sample");
    return 1;
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
    .timers = saadc_timers,
    .tasks = saadc_tasks,
};
