#include "peripherals/nrf52/qdec.h"

#define ALL_EVENTS         0x1FU
#define SHORTS_MASK        0x7FU
#define LEDPRE_RESET       0x10U
#define LEDPRE_MASK        0x1FFU
#define SAMPLEPER_MAX      10U
#define REPORTPER_MAX      8U
#define SAMPLEPER_FIRST_US 128U
#define PSEL_DISCONNECTED  (1U << 31)
#define DOUBLE_TRANSITION  2

enum qdec_short {
    REPORTRDY_READCLRACC = 1U << 0,
    SAMPLERDY_STOP = 1U << 1,
    REPORTRDY_RDCLRACC = 1U << 2,
    REPORTRDY_STOP = 1U << 3,
    DBLRDY_RDCLRDBL = 1U << 4,
    DBLRDY_STOP = 1U << 5,
    SAMPLERDY_READCLRACC = 1U << 6,
};

static const struct device_fault qdec_faults[] = {
    [QDEC_FAULT_DOUBLE] = {"double", "the VALUE-th sample from now is a double transition, once", 1,
                           INT32_MAX},
    [QDEC_FAULT_STUCK] = {"stuck", "the samples show no movement", 1, 1},
    [QDEC_FAULTS] = {0}};

/* The pin's number; pin_count: not connected. */
static uint32_t pin_of(const struct qdec *qdec, enum qdec_psel which)
{
    uint32_t psel = qdec->state.psel[which];
    uint32_t pin = psel & (qdec->env.pin_count > 32 ? 0x3FU : 0x1FU);
    bool none = (psel & PSEL_DISCONNECTED) != 0 || pin >= qdec->env.pin_count;
    return none ? qdec->env.pin_count : pin;
}

static bool is_high(const struct qdec *qdec, enum qdec_psel which)
{
    uint32_t pin = pin_of(qdec, which);
    return pin < qdec->env.pin_count && qdec->env.pins[pin].pad.level == WIRE_HIGH;
}

static uint32_t read_pair(const struct qdec *qdec)
{
    return (uint32_t)is_high(qdec, QDEC_A) << 1 | (uint32_t)is_high(qdec, QDEC_B);
}

/* The LED's pin is ours while we run. */
static void update_led(struct qdec *qdec)
{
    struct qdec_state *s = &qdec->state;
    uint32_t led = pin_of(qdec, QDEC_LED);
    uint64_t ours = s->running && led < qdec->env.pin_count ? 1ULL << led : 0;
    for (uint32_t pin = 0; (s->claimed & ~ours) != 0 && pin < qdec->env.pin_count; pin++) {
        if ((s->claimed & ~ours & 1ULL << pin) != 0) {
            s->claimed &= ~(1ULL << pin);
            wire_drive(&qdec->env.pins[pin].claim, WIRE_FLOATING);
        }
    }
    if (ours != 0) {
        s->claimed = ours;
        wire_drive(&qdec->env.pins[led].claim,
                   s->led_on == (s->ledpol != 0) ? WIRE_HIGH : WIRE_LOW);
    }
}

static uint64_t period_cycles(const struct qdec *qdec)
{
    return clock_us_to_cycles(qdec->env.clock,
                              (uint64_t)SAMPLEPER_FIRST_US << qdec->state.sampleper);
}

/* With an LED there is a step before the sample, in which it goes on. */
static void schedule_sample(struct qdec *qdec, uint64_t from_cycles)
{
    struct qdec_state *s = &qdec->state;
    uint64_t lead = clock_us_to_cycles(qdec->env.clock, s->ledpre);
    s->sample_cycles = from_cycles + period_cycles(qdec);
    s->led_on = pin_of(qdec, QDEC_LED) < qdec->env.pin_count && lead >= period_cycles(qdec);
    bool wait = !s->led_on && pin_of(qdec, QDEC_LED) < qdec->env.pin_count;
    clock_schedule(qdec->env.clock, &qdec->step, s->sample_cycles - (wait ? lead : 0));
    update_led(qdec);
}

static void read_and_clear(struct qdec_state *s, bool acc, bool accdbl)
{
    if (acc) {
        s->accread = s->acc;
        s->acc = 0;
    }
    if (accdbl) {
        s->accdblread = s->accdbl;
        s->accdbl = 0;
    }
}

static void end_sampling(struct qdec *qdec)
{
    clock_cancel(qdec->env.clock, &qdec->step);
    qdec->state.running = false;
    qdec->state.led_on = false;
}

/* From the pair before to this one, A in bit 1: 00, 01, 11, 10 is the positive direction. */
static int32_t decode(uint32_t before, uint32_t now)
{
    static const int32_t table[4][4] = {
        {0, 1, -1, DOUBLE_TRANSITION},
        {-1, 0, DOUBLE_TRANSITION, 1},
        {1, DOUBLE_TRANSITION, 0, -1},
        {DOUBLE_TRANSITION, -1, 1, 0},
    };
    return table[before][now];
}

static uint32_t add_event(struct qdec_state *s, uint32_t offset)
{
    nrf_event_set(&s->events, offset);
    return NRF_EVENT_BIT(offset);
}

/* What would overflow is dropped. */
static uint32_t accumulate(struct qdec_state *s)
{
    int32_t acc = s->acc + (s->sample == DOUBLE_TRANSITION ? 0 : s->sample);
    bool over = acc > QDEC_ACC_MAX || acc < QDEC_ACC_MIN;
    s->acc = over ? s->acc : acc;
    if (s->sample == DOUBLE_TRANSITION) {
        over = over || s->accdbl == QDEC_ACCDBL_MAX;
        s->accdbl += s->accdbl < QDEC_ACCDBL_MAX;
    }
    return over ? add_event(s, QDEC_EVENTS_ACCOF) : 0;
}

static uint32_t report(struct qdec_state *s)
{
    static const uint16_t periods[REPORTPER_MAX + 1] = {10, 40, 80, 120, 160, 200, 240, 280, 1};
    uint32_t events = 0;
    s->samples++;
    if (s->samples < periods[s->reportper]) {
        return 0;
    }
    s->samples = 0;
    events |= s->acc != 0 ? add_event(s, QDEC_EVENTS_REPORTRDY) : 0;
    return events | (s->accdbl != 0 ? add_event(s, QDEC_EVENTS_DBLRDY) : 0);
}

static void run_shorts(struct qdec *qdec, uint32_t events)
{
    struct qdec_state *s = &qdec->state;
    bool sampled = (events & NRF_EVENT_BIT(QDEC_EVENTS_SAMPLERDY)) != 0;
    bool reported = (events & NRF_EVENT_BIT(QDEC_EVENTS_REPORTRDY)) != 0;
    bool doubled = (events & NRF_EVENT_BIT(QDEC_EVENTS_DBLRDY)) != 0;
    uint32_t on = (sampled ? SAMPLERDY_STOP | SAMPLERDY_READCLRACC : 0U) |
                  (reported ? REPORTRDY_READCLRACC | REPORTRDY_RDCLRACC | REPORTRDY_STOP : 0U) |
                  (doubled ? DBLRDY_RDCLRDBL | DBLRDY_STOP : 0U);
    on &= s->shorts;
    bool both = (on & (SAMPLERDY_READCLRACC | REPORTRDY_READCLRACC)) != 0;
    read_and_clear(s, both || (on & REPORTRDY_RDCLRACC) != 0, both || (on & DBLRDY_RDCLRDBL) != 0);
    if ((on & (SAMPLERDY_STOP | REPORTRDY_STOP | DBLRDY_STOP)) != 0) {
        end_sampling(qdec);
    }
}

/* All state first, then the pins, then the world. */
static void take_sample(struct qdec *qdec)
{
    struct qdec_state *s = &qdec->state;
    uint32_t pair = read_pair(qdec);
    uint32_t ignored = s->dbfen != 0 ? s->unsteady : 0;
    ignored = s->faults.values[QDEC_FAULT_STUCK] != 0 ? 3U : ignored;
    pair = (pair & ~ignored) | (s->pair & ignored);
    s->sample = device_fault_strikes(&s->faults.values[QDEC_FAULT_DOUBLE]) ? DOUBLE_TRANSITION
                                                                           : decode(s->pair, pair);
    s->pair = pair;
    s->unsteady = 0;
    uint32_t events = add_event(s, QDEC_EVENTS_SAMPLERDY);
    events |= accumulate(s);
    events |= report(s);
    schedule_sample(qdec, s->sample_cycles);
    run_shorts(qdec, events);
    if (!s->running) {
        events |= add_event(s, QDEC_EVENTS_STOPPED);
        update_led(qdec);
    }
    for (uint32_t offset = QDEC_EVENTS_SAMPLERDY; offset <= QDEC_EVENTS_STOPPED; offset += 4) {
        if ((events & NRF_EVENT_BIT(offset)) != 0) {
            nrf_event_raise(&qdec->env, &s->events, offset);
        }
    }
}

static void step_fired(void *owner, uint64_t late_cycles)
{
    struct qdec *qdec = owner;
    struct qdec_state *s = &qdec->state;
    if (!s->running) {
        return; /* a snapshot from elsewhere */
    }
    if (clock_now(qdec->env.clock) - late_cycles >= s->sample_cycles) {
        take_sample(qdec);
        return;
    }
    s->led_on = true;
    clock_schedule(qdec->env.clock, &qdec->step, s->sample_cycles);
    update_led(qdec);
}

static void start(struct qdec *qdec)
{
    struct qdec_state *s = &qdec->state;
    if (s->running) {
        return;
    }
    s->running = true;
    s->samples = 0;
    s->pair = read_pair(qdec);
    schedule_sample(qdec, clock_now(qdec->env.clock));
}

static void run_task(struct qdec *qdec, uint32_t offset)
{
    struct qdec_state *s = &qdec->state;
    if (s->enable == 0) {
        device_guest_error(&qdec->env, offset, "a task while ENABLE is 0 is ignored");
        return;
    }
    switch (offset) {
    case QDEC_TASKS_START:
        start(qdec);
        break;
    case QDEC_TASKS_STOP:
        end_sampling(qdec);
        update_led(qdec);
        nrf_event_raise(&qdec->env, &s->events, QDEC_EVENTS_STOPPED);
        break;
    default: /* READCLRACC, RDCLRACC, RDCLRDBL */
        read_and_clear(s, offset != QDEC_TASKS_RDCLRDBL, offset != QDEC_TASKS_RDCLRACC);
        break;
    }
}

static void pad_changed(void *owner, uint32_t pin, enum wire_level level)
{
    struct qdec *qdec = owner;
    struct qdec_state *s = &qdec->state;
    (void)level;
    if (s->running) {
        s->unsteady |=
            (uint32_t)(pin == pin_of(qdec, QDEC_A)) << 1 | (uint32_t)(pin == pin_of(qdec, QDEC_B));
    }
}

/* ---- registers ---- */

static bool qdec_get(const struct qdec *qdec, uint32_t offset, uint32_t *value)
{
    const struct qdec_state *s = &qdec->state;
    const struct {
        uint32_t offset, value;
    } registers[] = {
        {NRF_SHORTS, s->shorts},
        {QDEC_ENABLE, s->enable},
        {QDEC_LEDPOL, s->ledpol},
        {QDEC_SAMPLEPER, s->sampleper},
        {QDEC_SAMPLE, (uint32_t)s->sample},
        {QDEC_REPORTPER, s->reportper},
        {QDEC_ACC, (uint32_t)s->acc},
        {QDEC_ACCREAD, (uint32_t)s->accread},
        {QDEC_PSEL_LED, s->psel[QDEC_LED]},
        {QDEC_PSEL_A, s->psel[QDEC_A]},
        {QDEC_PSEL_B, s->psel[QDEC_B]},
        {QDEC_DBFEN, s->dbfen},
        {QDEC_LEDPRE, s->ledpre},
        {QDEC_ACCDBL, s->accdbl},
        {QDEC_ACCDBLREAD, s->accdblread},
    };
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        if (registers[i].offset == offset) {
            *value = registers[i].value;
            return true;
        }
    }
    *value = 0;
    return offset <= QDEC_TASKS_RDCLRDBL || nrf_events_get(&s->events, ALL_EVENTS, offset, value);
}

static uint32_t qdec_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return qdec_get(self, offset, &value) ? value : 0;
}

static enum bus_result qdec_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct qdec *qdec = self;
    uint32_t word = 0;
    bool known = qdec_get(qdec, access.offset & ~3U, &word);
    return nrf_finish_read(&qdec->env, access, known, word, value);
}

static uint32_t at_most(struct qdec *qdec, uint32_t offset, uint32_t value, uint32_t most)
{
    if (value > most) {
        device_guest_error(&qdec->env, offset, "a reserved value: taken as the highest one");
    }
    return value > most ? most : value;
}

static void write_enable(struct qdec *qdec, uint32_t value)
{
    qdec->state.enable = value;
    if (value == 0) {
        end_sampling(qdec);
        update_led(qdec);
    }
}

static void write_psel(struct qdec *qdec, enum qdec_psel which, uint32_t value)
{
    qdec->state.psel[which] = value;
    if ((value & PSEL_DISCONNECTED) == 0 && pin_of(qdec, which) >= qdec->env.pin_count) {
        device_guest_error(&qdec->env, QDEC_PSEL_LED + 4U * which,
                           "PSEL names a pin that the chip lacks");
    }
    update_led(qdec);
}

static void write_register(struct qdec *qdec, uint32_t offset, uint32_t value)
{
    struct qdec_state *s = &qdec->state;
    switch (offset) {
    case QDEC_TASKS_START:
    case QDEC_TASKS_STOP:
    case QDEC_TASKS_READCLRACC:
    case QDEC_TASKS_RDCLRACC:
    case QDEC_TASKS_RDCLRDBL:
        if (nrf_is_trigger(value)) {
            run_task(qdec, offset);
        }
        break;
    case NRF_SHORTS:
        s->shorts = value & SHORTS_MASK;
        break;
    case QDEC_ENABLE:
        write_enable(qdec, value & 1U);
        break;
    case QDEC_LEDPOL:
        s->ledpol = value & 1U;
        update_led(qdec);
        break;
    case QDEC_SAMPLEPER:
        s->sampleper = at_most(qdec, offset, value & 0xFU, SAMPLEPER_MAX);
        break;
    case QDEC_REPORTPER:
        s->reportper = at_most(qdec, offset, value & 0xFU, REPORTPER_MAX);
        break;
    case QDEC_PSEL_LED:
    case QDEC_PSEL_A:
    case QDEC_PSEL_B:
        write_psel(qdec, (enum qdec_psel)((offset - QDEC_PSEL_LED) / 4U), value);
        break;
    case QDEC_DBFEN:
        s->dbfen = value & 1U;
        break;
    case QDEC_LEDPRE:
        s->ledpre = value & LEDPRE_MASK;
        break;
    default:
        nrf_report_unknown_write(&qdec->env, offset);
        break;
    }
}

static enum bus_result qdec_write(void *self, struct bus_access access, uint32_t value)
{
    struct qdec *qdec = self;
    uint32_t word = nrf_begin_write(&qdec->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (!nrf_events_write(&qdec->state.events, ALL_EVENTS, offset, word)) {
        write_register(qdec, offset, word);
    }
    nrf_events_update_irq(&qdec->env, &qdec->state.events);
    return BUS_OK;
}

static void qdec_update(void *self)
{
    struct qdec *qdec = self;
    update_led(qdec);
    nrf_events_update_irq(&qdec->env, &qdec->state.events);
}

static void qdec_reset(void *self, uint32_t reasons)
{
    struct qdec *qdec = self;
    (void)reasons;
    clock_cancel(qdec->env.clock, &qdec->step);
    qdec->state = (struct qdec_state){
        .ledpre = LEDPRE_RESET, .claimed = qdec->state.claimed, .faults = qdec->state.faults};
    for (uint32_t i = 0; i < QDEC_PSELS; i++) {
        qdec->state.psel[i] = UINT32_MAX;
    }
}

static bool qdec_input(void *self, const struct device_input *input)
{
    struct qdec *qdec = self;
    return device_fault_take(qdec_faults, input, qdec->state.faults.values);
}

static const char *qdec_init(void *self, const struct device_env *env)
{
    struct qdec *qdec = self;
    if (env->pin_count > QDEC_PINS_MAX) {
        return "the chip has more than 64 pins";
    }
    qdec->env = *env;
    for (uint32_t i = 0; i < env->pin_count; i++) {
        wire_listen(&env->pins[i].pad, &qdec->pads[i], pad_changed, qdec, i);
    }
    event_init(&qdec->step, step_fired, qdec);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct qdec *qdec = self;
    const struct qdec_state *s = state;
    uint32_t pins = qdec->env.pin_count;
    bool numbers = s->sampleper <= SAMPLEPER_MAX && s->reportper <= REPORTPER_MAX && s->pair <= 3 &&
                   s->acc >= QDEC_ACC_MIN && s->acc <= QDEC_ACC_MAX &&
                   s->accdbl <= QDEC_ACCDBL_MAX && s->ledpre <= LEDPRE_MASK && s->samples <= 280;
    bool bools = device_bool_is_sane(&s->running) && device_bool_is_sane(&s->led_on);
    bool running = bools && s->running; /* not to be looked at before it is known to be a bool */
    bool recent = !running || s->sample_cycles >= now_cycles ||
                  now_cycles - s->sample_cycles <= qdec->env.clock->cpu_hz;
    return bools && numbers && recent && (pins == QDEC_PINS_MAX || s->claimed >> pins == 0) &&
           device_faults_are_sane(qdec_faults, s->faults.values);
}

static const size_t event_offsets[] = {offsetof(struct qdec, step)};

const struct device_class nrf52_qdec_class = {
    .name = "nrf52-qdec",
    .size_bytes = sizeof(struct qdec),
    .state_offset = offsetof(struct qdec, state),
    .state_bytes = sizeof(struct qdec_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = qdec_init,
    .reset = qdec_reset,
    .update = qdec_update,
    .read = qdec_read,
    .write = qdec_write,
    .peek = qdec_peek,
    .input = qdec_input,
    .faults = qdec_faults,
};
