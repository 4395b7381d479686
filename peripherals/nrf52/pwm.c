#include "peripherals/nrf52/pwm.h"

#include "peripherals/nrf52/pwm_sequence.h"
#include "peripherals/nrf52/pwm_wave.h"

#define ALL_EVENTS        0xFEU
#define SHORTS_MASK       0x1FU
#define COUNTERTOP_RESET  0x3FFU
#define REFRESH_RESET     1U
#define PSEL_DISCONNECTED (1U << 31)
#define PWM_CLOCK_HZ      16000000U
#define SEQUENCES_END     (PWM_SEQ_0_PTR + PWM_SEQUENCE_BYTES * PWM_SEQUENCES)
#define PSEL_END          (PWM_PSEL_OUT_0 + 4U * PWM_CHANNELS)

static const struct device_fault pwm_faults[] = {
    [PWM_FAULT_STUCK_LOW] = {"stuck-low", "channel VALUE - 1 stays low while it plays", 1,
                             (int32_t)PWM_CHANNELS},
    [PWM_FAULT_STUCK_HIGH] = {"stuck-high", "channel VALUE - 1 stays high while it plays", 1,
                              (int32_t)PWM_CHANNELS},
    [PWM_FAULT_EVENT_LOST] = {"event-lost", "the VALUE-th event from now does not come, once", 1,
                              INT32_MAX},
    [PWM_FAULTS] = {0}};

/* ---- pins ---- */

/* The pin's number; pin_count: the channel has none. */
static uint32_t pin_of(const struct pwm *pwm, uint32_t channel)
{
    uint32_t psel = pwm->state.psel[channel];
    uint32_t pin = psel & (pwm->env.pin_count > 32 ? 0x3FU : 0x1FU);
    bool unused = channel == 3 && pwm_load_mode(&pwm->state) == PWM_LOAD_WAVEFORM;
    bool none = (psel & PSEL_DISCONNECTED) != 0 || pin >= pwm->env.pin_count || unused;
    return none ? pwm->env.pin_count : pin;
}

static void drive(struct pwm *pwm, uint32_t pin, enum wire_level level)
{
    uint64_t bit = 1ULL << pin;
    pwm->state.claimed =
        level != WIRE_FLOATING ? pwm->state.claimed | bit : pwm->state.claimed & ~bit;
    wire_drive(&pwm->env.pins[pin].claim, level);
}

static uint64_t cycles_per_tick(const struct pwm *pwm)
{
    return (uint64_t)(pwm->env.clock->cpu_hz / PWM_CLOCK_HZ) << pwm->state.period_prescaler;
}

static uint32_t period_ticks(const struct pwm_state *s)
{
    return pwm_wave_ticks(s->top, s->period_mode != 0);
}

static bool is_high(const struct pwm_state *s, uint32_t channel, uint32_t tick)
{
    int32_t number = (int32_t)channel + 1;
    if (s->faults.values[PWM_FAULT_STUCK_HIGH] == number) {
        return true;
    }
    return s->faults.values[PWM_FAULT_STUCK_LOW] != number &&
           pwm_wave_level(s->values[channel], s->top, s->period_mode != 0, tick);
}

static bool is_ours(const struct pwm *pwm, uint32_t pin)
{
    for (uint32_t i = 0; i < PWM_CHANNELS && pwm->state.running; i++) {
        if (pin_of(pwm, i) == pin) {
            return true;
        }
    }
    return false;
}

/* What the pins show follows from the values and the counter; a pin that is no longer ours is
 * given back. */
static void update_pins(struct pwm *pwm, uint32_t tick)
{
    struct pwm_state *s = &pwm->state;
    for (uint32_t i = 0; i < PWM_CHANNELS && s->running; i++) {
        uint32_t pin = pin_of(pwm, i);
        if (pin < pwm->env.pin_count) {
            drive(pwm, pin, is_high(s, i, tick) ? WIRE_HIGH : WIRE_LOW);
        }
    }
    for (uint32_t pin = 0; s->claimed != 0 && pin < pwm->env.pin_count; pin++) {
        if ((s->claimed >> pin & 1U) != 0 && !is_ours(pwm, pin)) {
            drive(pwm, pin, WIRE_FLOATING);
        }
    }
}

static void schedule_after(struct pwm *pwm, uint32_t tick)
{
    const struct pwm_state *s = &pwm->state;
    uint32_t next = period_ticks(s);
    for (uint32_t i = 0; i < PWM_CHANNELS; i++) {
        if (pin_of(pwm, i) < pwm->env.pin_count) {
            uint32_t edge = pwm_wave_next_edge(s->values[i], s->top, s->period_mode != 0, tick);
            next = edge < next ? edge : next;
        }
    }
    clock_schedule(pwm->env.clock, &pwm->tick, s->period_start + next * cycles_per_tick(pwm));
}

/* The tick of the period that `cycles` lies in. */
static uint32_t tick_at(const struct pwm *pwm, uint64_t cycles)
{
    uint64_t tick = (cycles - pwm->state.period_start) / cycles_per_tick(pwm);
    uint32_t last = period_ticks(&pwm->state);
    return tick < last ? (uint32_t)tick : last;
}

static void begin_period(struct pwm *pwm, uint64_t cycles)
{
    struct pwm_state *s = &pwm->state;
    s->period_start = cycles;
    s->period_prescaler = s->prescaler;
    s->period_mode = s->mode;
    update_pins(pwm, 0);
    schedule_after(pwm, 0);
}

static void raise_all(struct pwm *pwm, uint32_t events)
{
    static const uint32_t order[] = {
        PWM_EVENTS_PWMPERIODEND,     PWM_EVENTS_STOPPED,  PWM_EVENTS_SEQSTARTED_0,
        PWM_EVENTS_SEQSTARTED_0 + 4, PWM_EVENTS_SEQEND_0, PWM_EVENTS_SEQEND_0 + 4,
        PWM_EVENTS_LOOPSDONE,
    };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if ((events & NRF_EVENT_BIT(order[i])) != 0) {
            nrf_event_raise(&pwm->env, &pwm->state.events, order[i]);
        }
    }
}

/* Generation ends; the pins are GPIO's again. */
static void end_generation(struct pwm *pwm)
{
    struct pwm_state *s = &pwm->state;
    clock_cancel(pwm->env.clock, &pwm->tick);
    s->running = false;
    s->stopping = false;
}

static void start_sequence(struct pwm *pwm, uint32_t sequence)
{
    struct pwm_state *s = &pwm->state;
    if (s->running) {
        s->starts_next = sequence + 1;
        return;
    }
    uint32_t events = pwm_begin_playback(pwm, sequence);
    if (s->over) {
        return; /* there is no value to begin with */
    }
    s->running = true;
    begin_period(pwm, clock_now(pwm->env.clock));
    raise_all(pwm, events);
}

static void end_period(struct pwm *pwm)
{
    struct pwm_state *s = &pwm->state;
    uint64_t end = s->period_start + period_ticks(s) * cycles_per_tick(pwm);
    uint32_t events = pwm_add_event(s, PWM_EVENTS_PWMPERIODEND);
    if (s->stopping) {
        uint32_t starts_next = s->starts_next;
        end_generation(pwm);
        update_pins(pwm, 0);
        raise_all(pwm, events | pwm_add_event(s, PWM_EVENTS_STOPPED));
        if (starts_next != 0) {
            start_sequence(pwm, starts_next - 1);
        }
        return;
    }
    events |= pwm_advance(pwm);
    begin_period(pwm, end);
    raise_all(pwm, events);
}

static void tick_fired(void *owner, uint64_t late_cycles)
{
    struct pwm *pwm = owner;
    uint64_t cycles = clock_now(pwm->env.clock) - late_cycles;
    if (!pwm->state.running) {
        return; /* a snapshot from elsewhere */
    }
    uint32_t tick = tick_at(pwm, cycles);
    if (tick >= period_ticks(&pwm->state)) {
        end_period(pwm);
    } else {
        update_pins(pwm, tick);
        schedule_after(pwm, tick);
    }
}

/* ---- tasks ---- */

static void stop(struct pwm *pwm)
{
    if (pwm->state.running) {
        pwm->state.stopping = true;
        pwm->state.starts_next = 0;
    } else {
        nrf_event_raise(&pwm->env, &pwm->state.events, PWM_EVENTS_STOPPED);
    }
}

static void run_task(struct pwm *pwm, uint32_t offset)
{
    if (pwm->state.enable == 0) {
        device_guest_error(&pwm->env, offset, "a task while ENABLE is 0 is ignored");
        return;
    }
    switch (offset) {
    case PWM_TASKS_STOP:
        stop(pwm);
        break;
    case PWM_TASKS_SEQSTART_0:
    case PWM_TASKS_SEQSTART_1:
        start_sequence(pwm, (offset - PWM_TASKS_SEQSTART_0) / 4U);
        break;
    default: /* NEXTSTEP */
        pwm->state.step_wanted = true;
        break;
    }
}

/* ---- registers ---- */

/* A register that can be read and written; NULL: the offset is none. */
static uint32_t *plain_register(struct pwm_state *s, uint32_t offset, uint32_t *mask)
{
    const struct {
        uint32_t offset, mask;
        uint32_t *value;
    } registers[] = {
        {NRF_SHORTS, SHORTS_MASK, &s->shorts},
        {NRF_INTEN, ALL_EVENTS, &s->events.inten},
        {PWM_MODE, 1U, &s->mode},
        {PWM_COUNTERTOP, 0x7FFFU, &s->countertop},
        {PWM_PRESCALER, 7U, &s->prescaler},
        {PWM_DECODER, 0x103U, &s->decoder},
        {PWM_LOOP, 0xFFFFU, &s->loop},
    };
    static const uint32_t masks[4] = {UINT32_MAX, 0x7FFFU, 0xFFFFFFU, 0xFFFFFFU};
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        if (registers[i].offset == offset) {
            *mask = registers[i].mask;
            return registers[i].value;
        }
    }
    uint32_t within = (offset - PWM_SEQ_0_PTR) % PWM_SEQUENCE_BYTES;
    if (offset < PWM_SEQ_0_PTR || offset >= SEQUENCES_END || within >= 0x10U) {
        return NULL;
    }
    struct pwm_sequence *sequence = &s->sequences[(offset - PWM_SEQ_0_PTR) / PWM_SEQUENCE_BYTES];
    uint32_t *values[4] = {&sequence->ptr, &sequence->cnt, &sequence->refresh, &sequence->enddelay};
    *mask = masks[within / 4U];
    return values[within / 4U];
}

static bool is_psel(uint32_t offset)
{
    return offset >= PWM_PSEL_OUT_0 && offset < PSEL_END;
}

static bool pwm_get(const struct pwm *pwm, uint32_t offset, uint32_t *value)
{
    struct pwm_state copy = pwm->state;
    uint32_t mask;
    const uint32_t *plain = plain_register(&copy, offset, &mask);
    if (plain != NULL) {
        *value = *plain;
        return true;
    }
    if (nrf_events_get(&copy.events, ALL_EVENTS, offset, value)) {
        return true;
    }
    if (is_psel(offset)) {
        *value = copy.psel[(offset - PWM_PSEL_OUT_0) / 4U];
        return true;
    }
    switch (offset) {
    case PWM_TASKS_STOP:
    case PWM_TASKS_SEQSTART_0:
    case PWM_TASKS_SEQSTART_1:
    case PWM_TASKS_NEXTSTEP:
        *value = 0;
        return true;
    case PWM_ENABLE:
        *value = copy.enable;
        return true;
    default:
        return false;
    }
}

static uint32_t pwm_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return pwm_get(self, offset, &value) ? value : 0;
}

static enum bus_result pwm_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct pwm *pwm = self;
    uint32_t word = 0;
    bool known = pwm_get(pwm, access.offset & ~3U, &word);
    return nrf_finish_read(&pwm->env, access, known, word, value);
}

/* What of a period is still to come follows the new pins. */
static void renew_pins(struct pwm *pwm)
{
    if (pwm->state.running) {
        uint32_t tick = tick_at(pwm, clock_now(pwm->env.clock));
        if (tick < period_ticks(&pwm->state)) {
            update_pins(pwm, tick);
            schedule_after(pwm, tick);
        }
    }
}

static void write_psel(struct pwm *pwm, uint32_t offset, uint32_t value)
{
    uint32_t channel = (offset - PWM_PSEL_OUT_0) / 4U;
    pwm->state.psel[channel] = value;
    if ((value & PSEL_DISCONNECTED) == 0 && pin_of(pwm, channel) >= pwm->env.pin_count) {
        device_guest_error(&pwm->env, offset, "PSEL names a pin that the chip does not have");
    }
    renew_pins(pwm);
}

static void write_register(struct pwm *pwm, uint32_t offset, uint32_t value)
{
    uint32_t mask;
    uint32_t *plain = plain_register(&pwm->state, offset, &mask);
    if (plain != NULL) {
        *plain = value & mask;
        return;
    }
    if (is_psel(offset)) {
        write_psel(pwm, offset, value);
        return;
    }
    switch (offset) {
    case PWM_TASKS_STOP:
    case PWM_TASKS_SEQSTART_0:
    case PWM_TASKS_SEQSTART_1:
    case PWM_TASKS_NEXTSTEP:
        if (nrf_is_trigger(value)) {
            run_task(pwm, offset);
        }
        break;
    case PWM_ENABLE:
        pwm->state.enable = value & 1U;
        if (pwm->state.enable == 0) {
            end_generation(pwm);
            update_pins(pwm, 0);
        }
        break;
    default:
        nrf_report_unknown_write(&pwm->env, offset);
        break;
    }
}

static enum bus_result pwm_write(void *self, struct bus_access access, uint32_t value)
{
    struct pwm *pwm = self;
    uint32_t word = nrf_begin_write(&pwm->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (!nrf_events_write(&pwm->state.events, ALL_EVENTS, offset, word)) {
        write_register(pwm, offset, word);
    }
    nrf_events_update_irq(&pwm->env, &pwm->state.events);
    return BUS_OK;
}

static bool pwm_input(void *self, const struct device_input *input)
{
    struct pwm *pwm = self;
    if (!device_fault_take(pwm_faults, input, pwm->state.faults.values)) {
        return false;
    }
    renew_pins(pwm);
    return true;
}

static void pwm_update(void *self)
{
    struct pwm *pwm = self;
    if (!pwm->state.running) {
        update_pins(pwm, 0);
    }
    nrf_events_update_irq(&pwm->env, &pwm->state.events);
}

static void pwm_reset(void *self, uint32_t reasons)
{
    struct pwm *pwm = self;
    struct pwm_state *s = &pwm->state;
    (void)reasons;
    clock_cancel(pwm->env.clock, &pwm->tick);
    *s = (struct pwm_state){
        .countertop = COUNTERTOP_RESET, .claimed = s->claimed, .faults = s->faults};
    for (uint32_t i = 0; i < PWM_CHANNELS; i++) {
        s->psel[i] = UINT32_MAX;
    }
    for (uint32_t i = 0; i < PWM_SEQUENCES; i++) {
        s->sequences[i].refresh = REFRESH_RESET;
    }
}

static const char *pwm_init(void *self, const struct device_env *env)
{
    struct pwm *pwm = self;
    if (env->pin_count > 64) {
        return "the chip has more than 64 pins";
    }
    pwm->env = *env;
    event_init(&pwm->tick, tick_fired, pwm);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct pwm *pwm = self;
    const struct pwm_state *s = state;
    uint32_t pins = pwm->env.pin_count;
    bool bools = device_bool_is_sane(&s->running) && device_bool_is_sane(&s->stopping) &&
                 device_bool_is_sane(&s->delaying) && device_bool_is_sane(&s->over) &&
                 device_bool_is_sane(&s->step_wanted);
    bool running = bools && s->running; /* not to be looked at before it is known to be a bool */
    bool top = !running || (s->top >= PWM_COUNTERTOP_MIN && s->top <= 0x7FFFU);
    return bools && top && s->sequence < PWM_SEQUENCES && s->starts_next <= PWM_SEQUENCES &&
           s->starts_after <= PWM_SEQUENCES && s->prescaler <= 7 && s->period_prescaler <= 7 &&
           s->period_start <= now_cycles &&
           (!running || now_cycles - s->period_start <= pwm->env.clock->cpu_hz) &&
           (pins == 64 || s->claimed >> pins == 0) &&
           device_faults_are_sane(pwm_faults, s->faults.values);
}

static size_t pwm_timers(const void *self, struct device_timer *timers, size_t max)
{
    const struct pwm *pwm = self;
    const struct pwm_state *s = &pwm->state;
    if (!s->running || max == 0) {
        return 0;
    }
    uint64_t period = period_ticks(s) * cycles_per_tick(pwm);
    timers[0] = (struct device_timer){.due_cycles = s->period_start + period,
                                      .begun_cycles = s->period_start,
                                      .period_cycles = period,
                                      .count = tick_at(pwm, clock_now(pwm->env.clock)),
                                      .event = PWM_EVENTS_PWMPERIODEND};
    device_timer_add_words(timers[0].label, sizeof timers[0].label, "PWMPERIODEND");
    device_timer_add_words(timers[0].effect, sizeof timers[0].effect, "next period");
    if ((s->events.inten & NRF_EVENT_BIT(PWM_EVENTS_PWMPERIODEND)) != 0) {
        device_timer_add_words(timers[0].effect, sizeof timers[0].effect, "interrupt");
    }
    return 1;
}

static const size_t event_offsets[] = {offsetof(struct pwm, tick)};

const struct device_class nrf52_pwm_class = {
    .name = "nrf52-pwm",
    .size_bytes = sizeof(struct pwm),
    .state_offset = offsetof(struct pwm, state),
    .state_bytes = sizeof(struct pwm_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = pwm_init,
    .reset = pwm_reset,
    .update = pwm_update,
    .read = pwm_read,
    .write = pwm_write,
    .peek = pwm_peek,
    .input = pwm_input,
    .faults = pwm_faults,
    .timers = pwm_timers,
};
