#include "peripherals/nrf52/saadc_scan.h"

#include "peripherals/nrf52/nrf_random.h"
#include "peripherals/nrf52/saadc_convert.h"

#define CONFIG_BURST       (1U << 24)
#define SAMPLERATE_TIMERS  (1U << 12)
#define SAMPLERATE_CC_MIN  80U
#define TIMER_CLOCK_HZ     16000000U
#define RESULT_BYTES       2U
#define LIMIT_EVENT_STRIDE 8U

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
        device_guest_error(&saadc->env, SAADC_CH_0_PSELP,
                           "SAMPLE with no channel: all of PSELP are NC");
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
            device_guest_error(&saadc->env, SAADC_RESULT_PTR,
                               "EasyDMA reaches RAM only: the buffer leaves it");
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

uint64_t saadc_sample_period_cycles(const struct saadc *saadc)
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
                   clock_now(saadc->env.clock) - late_cycles + saadc_sample_period_cycles(saadc));
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
        device_guest_error(&saadc->env, SAADC_RESULT_PTR,
                           "EasyDMA reaches RAM only: nothing is stored");
        s->armed = false;
        return;
    }
    if (s->armed) {
        device_guest_error(&saadc->env, SAADC_TASKS_START,
                           "START before END: the old buffer is left as it is");
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
        device_guest_error(&saadc->env, SAADC_TASKS_SAMPLE,
                           "SAMPLE without START or after END is ignored");
        return;
    }
    if (s->busy || saadc->sample.queued) {
        device_guest_error(&saadc->env, SAADC_TASKS_SAMPLE,
                           "SAMPLE during a conversion is ignored");
        return;
    }
    if ((s->samplerate & SAMPLERATE_TIMERS) != 0) {
        clock_schedule(saadc->env.clock, &saadc->sample,
                       clock_now(saadc->env.clock) + saadc_sample_period_cycles(saadc));
    }
    begin_scan(saadc);
}

void saadc_abort(struct saadc *saadc)
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
    saadc_abort(saadc);
    if (ends) {
        nrf_event_raise(&saadc->env, &saadc->state.events, SAADC_EVENTS_END);
    }
    nrf_event_raise(&saadc->env, &saadc->state.events, SAADC_EVENTS_STOPPED);
}

void saadc_run_task(struct saadc *saadc, uint32_t offset)
{
    if (saadc->state.enable == 0) {
        device_guest_error(&saadc->env, offset, "a task while ENABLE is 0 is ignored");
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

void saadc_scan_init(struct saadc *saadc)
{
    event_init(&saadc->step, step_fired, saadc);
    event_init(&saadc->sample, sample_fired, saadc);
    event_init(&saadc->calibrated, calibrated_fired, saadc);
}
