#include "peripherals/nrf52/rtc.h"

enum rtc_register {
    RTC_TASKS_START = 0x000,
    RTC_TASKS_STOP = 0x004,
    RTC_TASKS_CLEAR = 0x008,
    RTC_TASKS_TRIGOVRFLW = 0x00C,
    RTC_EVENTS_TICK = 0x100,
    RTC_EVENTS_OVRFLW = 0x104,
    RTC_EVENTS_COMPARE_0 = 0x140,
    RTC_EVTEN = 0x340,
    RTC_EVTENSET = 0x344,
    RTC_EVTENCLR = 0x348,
    RTC_COUNTER = 0x504,
    RTC_PRESCALER = 0x508,
    RTC_CC_0 = 0x540,
};

#define COUNTER_MASK      0xFFFFFFU
#define PRESCALER_MASK    0xFFFU
#define FAR_AWAY_TICKS    (1ULL << 49)
#define TRIGOVRFLW_COUNT  0xFFFFF0U
#define NO_TICK           UINT64_MAX
#define EVENT_BIT(offset) NRF_EVENT_BIT((uint32_t)(offset))
#define COMPARE_BIT(i)    NRF_EVENT_BIT(RTC_EVENTS_COMPARE_0 + 4U * (i))

#define COMPARE_BITS (COMPARE_BIT(0) | COMPARE_BIT(1) | COMPARE_BIT(2) | COMPARE_BIT(3))

static const struct device_fault rtc_faults[] = {
    [RTC_FAULT_COMPARE_LOST] = {"compare-lost",
                                "the VALUE-th COMPARE event from now does not come, once", 1,
                                INT32_MAX},
    [RTC_FAULTS] = {0}};

static uint64_t tick_now(const struct rtc *rtc)
{
    const struct clock *clock = rtc->env.clock;
    return lf_clock_ticks(&rtc->env.nets->lf, clock, clock_now(clock));
}

/* The first rising edge after the next falling edge. Half periods are ticks of twice the time. */
static uint64_t next_edge(const struct rtc *rtc)
{
    const struct clock *clock = rtc->env.clock;
    uint64_t halves = lf_clock_half_ticks(&rtc->env.nets->lf, clock, clock_now(clock));
    return (halves + 1) / 2 + 1;
}

static uint32_t enabled_events(const struct rtc *rtc)
{
    return rtc->state.evten | rtc->state.events.inten;
}

static uint32_t count_at(const struct rtc_state *s, uint64_t tick)
{
    if (!s->running || tick <= s->base_tick) {
        return s->base_count;
    }
    return (uint32_t)(s->base_count + (tick - s->base_tick) / s->divider) & COUNTER_MASK;
}

/* The first tick >= `from` at which the running counter steps to `count`. */
static uint64_t next_step_to(const struct rtc_state *s, uint32_t count, uint64_t from)
{
    uint64_t steps = (count - s->base_count) & COUNTER_MASK;
    uint64_t round = (uint64_t)(COUNTER_MASK + 1) * s->divider;
    uint64_t tick = s->base_tick + (steps == 0 ? round : steps * s->divider);
    if (tick < from) {
        tick += (from - tick + round - 1) / round * round;
    }
    return tick;
}

static uint64_t next_step(const struct rtc_state *s, uint64_t from)
{
    uint64_t tick = s->base_tick + s->divider;
    if (tick < from) {
        tick += (from - tick + s->divider - 1) / s->divider * s->divider;
    }
    return tick;
}

static uint64_t next_match(const struct rtc_state *s, uint32_t i, uint64_t from)
{
    const struct rtc_compare *compare = &s->compare[i];
    for (uint32_t k = 0; k < 2; k++) {
        if (from < compare->until[k]) {
            uint64_t tick = next_step_to(s, compare->held[k], from);
            if (tick < compare->until[k]) {
                return tick;
            }
            from = compare->until[k];
        }
    }
    return next_step_to(s, compare->value, from);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The first tick >= `from` with an enabled event, if no task changed anything before. */
static uint64_t next_event_tick(const struct rtc *rtc, uint64_t from)
{
    const struct rtc_state *s = &rtc->state;
    uint32_t enabled = enabled_events(rtc);
    uint64_t tick = NO_TICK;
    if (!s->running) {
        return NO_TICK;
    }
    if ((enabled & EVENT_BIT(RTC_EVENTS_TICK)) != 0) {
        tick = earlier(tick, next_step(s, from));
    }
    if ((enabled & EVENT_BIT(RTC_EVENTS_OVRFLW)) != 0) {
        tick = earlier(tick, next_step_to(s, 0, from));
    }
    for (uint32_t i = 0; i < rtc->cc_num; i++) {
        if ((enabled & COMPARE_BIT(i)) != 0) {
            tick = earlier(tick, next_match(s, i, from));
        }
    }
    return tick;
}

static uint32_t events_at(const struct rtc *rtc, uint64_t tick)
{
    const struct rtc_state *s = &rtc->state;
    uint32_t bits = EVENT_BIT(RTC_EVENTS_TICK);
    if (count_at(s, tick) == 0) {
        bits |= EVENT_BIT(RTC_EVENTS_OVRFLW);
    }
    for (uint32_t i = 0; i < rtc->cc_num; i++) {
        bits |= next_match(s, i, tick) == tick ? COMPARE_BIT(i) : 0;
    }
    return bits & enabled_events(rtc);
}

/* All registers of one tick are set before PPI hears of the first event. */
static void raise_events(struct rtc *rtc, uint32_t bits)
{
    bool lost = (bits & COMPARE_BITS) != 0 &&
                device_fault_strikes(&rtc->state.faults.values[RTC_FAULT_COMPARE_LOST]);
    bits = lost ? bits & ~COMPARE_BITS : bits;
    uint32_t routed = bits & rtc->state.evten;
    rtc->state.events.generated |= bits;
    nrf_events_update_irq(&rtc->env, &rtc->state.events);
    for (uint32_t i = 0; i < 32; i++) {
        if ((routed >> i & 1U) != 0) {
            event_port_raise(&rtc->env.events, NRF_EVENTS_FIRST + 4 * i);
        }
    }
}

static void apply_pending(struct rtc_state *s)
{
    struct rtc_pending pending = s->pending[0];
    s->pending[0] = s->pending[1];
    s->pending[1] = (struct rtc_pending){0};
    if (pending.run == RTC_RUN_STOP) {
        s->base_count = count_at(s, pending.edge - 1);
        s->running = false;
    } else if (pending.run == RTC_RUN_START && !s->running) {
        s->running = true;
        s->base_tick = pending.edge - 1; /* so that the first increment can come at the edge */
        s->divider = s->prescaler + 1;
    }
    if (pending.count != RTC_COUNT_KEEP) {
        s->base_count = pending.count == RTC_COUNT_CLEAR ? 0 : TRIGOVRFLW_COUNT;
        s->base_tick = pending.edge;
        s->divider = s->prescaler + 1;
    }
}

/* Brings events and tasks up to the present. An increment at the very edge of a STOP, CLEAR or
 * TRIGOVRFLW does not happen; one at the edge of a START does. */
static void catch_up(struct rtc *rtc)
{
    struct rtc_state *s = &rtc->state;
    uint64_t now = tick_now(rtc);
    if (now > s->events_tick + LF_CLOCK_HZ) {
        s->events_tick = now - LF_CLOCK_HZ; /* nothing was enabled for so long */
    }
    for (;;) {
        uint64_t edge = s->pending[0].edge != 0 ? s->pending[0].edge : NO_TICK;
        uint64_t tick = next_event_tick(rtc, s->events_tick + 1);
        if (tick <= now && tick < edge) {
            s->events_tick = tick;
            raise_events(rtc, events_at(rtc, tick));
        } else if (edge <= now) {
            /* An edge long past comes from a made-up snapshot: it must not wind the time back. */
            s->events_tick = edge - 1 > s->events_tick ? edge - 1 : s->events_tick;
            apply_pending(s);
        } else {
            break;
        }
    }
    s->events_tick = now > s->events_tick ? now : s->events_tick;
}

static void schedule(struct rtc *rtc)
{
    const struct rtc_state *s = &rtc->state;
    uint64_t edge = s->pending[0].edge != 0 ? s->pending[0].edge : NO_TICK;
    uint64_t tick = earlier(edge, next_event_tick(rtc, s->events_tick + 1));
    uint64_t cycle =
        tick == NO_TICK ? CLOCK_NEVER : lf_clock_cycle(&rtc->env.nets->lf, rtc->env.clock, tick);
    if (cycle == CLOCK_NEVER) {
        clock_cancel(rtc->env.clock, &rtc->event);
    } else {
        clock_schedule(rtc->env.clock, &rtc->event, cycle);
    }
}

static void event_fired(void *owner, uint64_t late_cycles)
{
    struct rtc *rtc = owner;
    (void)late_cycles;
    catch_up(rtc);
    schedule(rtc);
}

/* The slow clock starts, stops or changes its rate. */
static void lf_changed(void *owner)
{
    event_fired(owner, 0);
}

static void add_task(struct rtc *rtc, enum rtc_run run, enum rtc_count count)
{
    uint64_t edge = next_edge(rtc);
    struct rtc_pending *pending = rtc->state.pending;
    if (pending->edge != 0 && pending->edge != edge) {
        pending++; /* catch_up has applied all that is past, so the second is free or of this edge
                    */
    }
    pending->edge = edge;
    if (run != RTC_RUN_KEEP) {
        pending->run = run;
    }
    if (count != RTC_COUNT_KEEP) {
        pending->count = count;
    }
}

/* Values on their way have two edges at most, the next and the one after: see next_edge. */
static void write_cc(struct rtc *rtc, uint32_t i, uint32_t value)
{
    struct rtc_compare *compare = &rtc->state.compare[i];
    uint64_t now = tick_now(rtc);
    uint64_t edge = next_edge(rtc);
    if (now >= compare->until[0]) {
        compare->held[0] = compare->held[1];
        compare->until[0] = compare->until[1];
    }
    if (now >= compare->until[1]) {
        compare->held[0] = compare->value;
        compare->until[0] = edge;
    } else if (edge != compare->until[1]) {
        compare->held[1] = compare->value;
    }
    compare->until[1] = edge;
    compare->value = value & COUNTER_MASK;
}

static void write_prescaler(struct rtc *rtc, uint32_t value)
{
    if (rtc->state.running) {
        device_guest_error(
            &rtc->env, RTC_PRESCALER,
            "PRESCALER is written while the RTC runs: it counts from the next CLEAR, "
            "TRIGOVRFLW or START on");
    }
    rtc->state.prescaler = value & PRESCALER_MASK;
}

static bool is_cc(const struct rtc *rtc, uint32_t offset)
{
    return offset >= RTC_CC_0 && offset < RTC_CC_0 + 4 * rtc->cc_num;
}

/* Reads COUNTER of the present: pending edges up to now are seen through, without applying them. */
static uint32_t present_count(const struct rtc *rtc)
{
    struct rtc_state copy = rtc->state;
    uint64_t now = tick_now(rtc);
    while (copy.pending[0].edge != 0 && copy.pending[0].edge <= now) {
        apply_pending(&copy);
    }
    return count_at(&copy, now);
}

static bool rtc_get(const struct rtc *rtc, uint32_t offset, uint32_t *value)
{
    const struct rtc_state *s = &rtc->state;
    if (nrf_events_get(&s->events, rtc->implemented, offset, value)) {
        return true;
    }
    if (is_cc(rtc, offset)) {
        *value = s->compare[(offset - RTC_CC_0) / 4].value;
        return true;
    }
    switch (offset) {
    case RTC_TASKS_START:
    case RTC_TASKS_STOP:
    case RTC_TASKS_CLEAR:
    case RTC_TASKS_TRIGOVRFLW:
        *value = 0;
        return true;
    case RTC_EVTEN:
    case RTC_EVTENSET:
    case RTC_EVTENCLR:
        *value = s->evten;
        return true;
    case RTC_COUNTER:
        *value = present_count(rtc);
        return true;
    case RTC_PRESCALER:
        *value = s->prescaler;
        return true;
    default:
        return false;
    }
}

static uint32_t rtc_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return rtc_get(self, offset, &value) ? value : 0;
}

static enum bus_result rtc_read(void *self, struct bus_access access, uint32_t *value)
{
    struct rtc *rtc = self;
    uint32_t word = 0;
    catch_up(rtc);
    bool known = rtc_get(rtc, access.offset & ~3U, &word);
    return nrf_finish_read(&rtc->env, access, known, word, value);
}

static void run_task(struct rtc *rtc, uint32_t offset)
{
    switch (offset) {
    case RTC_TASKS_START:
        add_task(rtc, RTC_RUN_START, RTC_COUNT_KEEP);
        break;
    case RTC_TASKS_STOP:
        add_task(rtc, RTC_RUN_STOP, RTC_COUNT_KEEP);
        break;
    case RTC_TASKS_CLEAR:
        add_task(rtc, RTC_RUN_KEEP, RTC_COUNT_CLEAR);
        break;
    default:
        add_task(rtc, RTC_RUN_KEEP, RTC_COUNT_TRIGOVRFLW);
        break;
    }
}

static void write_register(struct rtc *rtc, uint32_t offset, uint32_t value)
{
    struct rtc_state *s = &rtc->state;
    if (is_cc(rtc, offset)) {
        write_cc(rtc, (offset - RTC_CC_0) / 4, value);
        return;
    }
    switch (offset) {
    case RTC_TASKS_START:
    case RTC_TASKS_STOP:
    case RTC_TASKS_CLEAR:
    case RTC_TASKS_TRIGOVRFLW:
        if (nrf_is_trigger(value)) {
            run_task(rtc, offset);
        }
        break;
    case RTC_EVTEN:
        s->evten = value & rtc->implemented;
        break;
    case RTC_EVTENSET:
        s->evten |= value & rtc->implemented;
        break;
    case RTC_EVTENCLR:
        s->evten &= ~value;
        break;
    case RTC_PRESCALER:
        write_prescaler(rtc, value);
        break;
    default:
        nrf_report_unknown_write(&rtc->env, offset);
        break;
    }
}

static enum bus_result rtc_write(void *self, struct bus_access access, uint32_t value)
{
    struct rtc *rtc = self;
    uint32_t word = nrf_begin_write(&rtc->env, access, value);
    uint32_t offset = access.offset & ~3U;
    catch_up(rtc); /* with the old settings */
    if (!nrf_events_write(&rtc->state.events, rtc->implemented, offset, word)) {
        write_register(rtc, offset, word);
    }
    nrf_events_update_irq(&rtc->env, &rtc->state.events);
    schedule(rtc);
    return BUS_OK;
}

static void rtc_reset(void *self, uint32_t reasons)
{
    struct rtc *rtc = self;
    (void)reasons;
    clock_cancel(rtc->env.clock, &rtc->event);
    rtc->state =
        (struct rtc_state){.divider = 1, .events_tick = tick_now(rtc), .faults = rtc->state.faults};
}

static bool rtc_input(void *self, const struct device_input *input)
{
    struct rtc *rtc = self;
    return device_fault_take(rtc_faults, input, rtc->state.faults.values);
}

static void rtc_update(void *self)
{
    struct rtc *rtc = self;
    nrf_events_update_irq(&rtc->env, &rtc->state.events);
}

static const char *rtc_init(void *self, const struct device_env *env)
{
    struct rtc *rtc = self;
    rtc->env = *env;
    rtc->cc_num = props_u32_or(&env->props, "cc-num", RTC_CC_MAX);
    if (rtc->cc_num < 1 || rtc->cc_num > RTC_CC_MAX) {
        return "cc-num is not in 1..4";
    }
    rtc->implemented = EVENT_BIT(RTC_EVENTS_TICK) | EVENT_BIT(RTC_EVENTS_OVRFLW);
    for (uint32_t i = 0; i < rtc->cc_num; i++) {
        rtc->implemented |= COMPARE_BIT(i);
    }
    event_init(&rtc->event, event_fired, rtc);
    lf_clock_listen(&env->nets->lf, &rtc->listener, lf_changed, rtc);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct rtc_state *s = state;
    if (!device_bool_is_sane(&s->running) || (s->running && s->divider == 0) ||
        s->divider > PRESCALER_MASK + 1) {
        return false;
    }
    for (uint32_t i = 0; i < 2; i++) {
        if (s->pending[i].run > RTC_RUN_STOP || s->pending[i].count > RTC_COUNT_TRIGOVRFLW) {
            return false;
        }
    }
    /* How far the slow clock has come is in another device's state: catch_up bears anything. */
    (void)self;
    (void)now_cycles;
    return s->base_tick < FAR_AWAY_TICKS && s->events_tick < FAR_AWAY_TICKS &&
           device_faults_are_sane(rtc_faults, s->faults.values);
}

/* ---- for people ---- */

static const struct device_task rtc_tasks[] = {{RTC_TASKS_START, "START"},
                                               {RTC_TASKS_STOP, "STOP"},
                                               {RTC_TASKS_CLEAR, "CLEAR"},
                                               {RTC_TASKS_TRIGOVRFLW, "TRIGOVRFLW"},
                                               {0, NULL}};

#define CHANNEL_TICK   RTC_CC_MAX
#define CHANNEL_OVRFLW (RTC_CC_MAX + 1U)
#define CHANNELS       (RTC_CC_MAX + 2U)

static uint64_t next_of_channel(const struct rtc_state *s, uint32_t channel, uint64_t from)
{
    switch (channel) {
    case CHANNEL_TICK:
        return next_step(s, from);
    case CHANNEL_OVRFLW:
        return next_step_to(s, 0, from);
    default:
        return next_match(s, channel, from);
    }
}

/* With the tasks that are on their way. NO_TICK: the counter stands. */
static uint64_t look_ahead(const struct rtc *rtc, uint32_t channel)
{
    struct rtc_state ahead = rtc->state;
    uint64_t from = ahead.events_tick + 1;
    while (ahead.pending[0].edge != 0) {
        uint64_t edge = ahead.pending[0].edge;
        uint64_t tick = ahead.running ? next_of_channel(&ahead, channel, from) : NO_TICK;
        if (tick < edge) {
            return tick;
        }
        apply_pending(&ahead);
        from = edge > from ? edge : from;
    }
    return ahead.running ? next_of_channel(&ahead, channel, from) : NO_TICK;
}

static uint64_t cycle_of(const struct rtc *rtc, uint64_t tick)
{
    return tick == NO_TICK ? CLOCK_NEVER : lf_clock_cycle(&rtc->env.nets->lf, rtc->env.clock, tick);
}

/* The cycle of a tick that may lie before the last change of the slow clock: then that. */
static uint64_t past_cycle_of(const struct rtc *rtc, uint64_t tick)
{
    const struct lf_state *state = rtc->env.nets->lf.state;
    return cycle_of(rtc, tick > state->base_ticks ? tick : state->base_ticks);
}

static const char *name_channel(uint32_t channel, uint32_t *event)
{
    static const char *const compare[RTC_CC_MAX] = {"COMPARE[0]", "COMPARE[1]", "COMPARE[2]",
                                                    "COMPARE[3]"};
    if (channel == CHANNEL_TICK) {
        *event = RTC_EVENTS_TICK;
        return "TICK";
    }
    *event = channel == CHANNEL_OVRFLW ? (uint32_t)RTC_EVENTS_OVRFLW
                                       : RTC_EVENTS_COMPARE_0 + 4U * channel;
    return channel == CHANNEL_OVRFLW ? "OVRFLW" : compare[channel];
}

/* The wait for a COMPARE began when its CC took effect, or when the counter did. */
static void tell_begun(const struct rtc *rtc, uint32_t channel, struct device_timer *row)
{
    const struct rtc_state *s = &rtc->state;
    uint64_t turn = (uint64_t)(COUNTER_MASK + 1) * s->divider;
    uint64_t tick = s->base_tick;
    if (channel == CHANNEL_TICK) {
        tick += (tick_now(rtc) - s->base_tick) / s->divider * s->divider;
        row->period_cycles =
            cycle_of(rtc, tick_now(rtc) + s->divider) - cycle_of(rtc, tick_now(rtc));
    } else if (channel < RTC_CC_MAX && s->compare[channel].until[1] > tick) {
        tick = s->compare[channel].until[1];
    }
    uint64_t due_tick = look_ahead(rtc, channel);
    tick = due_tick > turn && due_tick - turn > tick ? due_tick - turn : tick;
    row->begun_cycles = past_cycle_of(rtc, tick);
    if (row->begun_cycles > row->due_cycles) {
        row->begun_cycles = row->due_cycles;
    }
}

static bool tell_channel(const struct rtc *rtc, uint32_t channel, struct device_timer *row)
{
    const struct rtc_state *s = &rtc->state;
    uint32_t event = 0;
    const char *name = name_channel(channel, &event);
    uint64_t tick = look_ahead(rtc, channel);
    if ((enabled_events(rtc) & EVENT_BIT(event)) == 0 || tick == NO_TICK) {
        return false;
    }
    *row = (struct device_timer){.due_cycles = cycle_of(rtc, tick),
                                 .count = present_count(rtc),
                                 .event = (s->evten & EVENT_BIT(event)) != 0 ? event : 0};
    device_timer_add_words(row->label, sizeof row->label, name);
    if ((s->events.inten & EVENT_BIT(event)) != 0) {
        device_timer_add_words(row->effect, sizeof row->effect, "interrupt");
    }
    if (row->due_cycles == CLOCK_NEVER) {
        device_timer_add_words(row->effect, sizeof row->effect, "but the slow clock stands still");
    } else {
        tell_begun(rtc, channel, row);
    }
    return true;
}

static bool will_run(const struct rtc_state *s)
{
    return s->running || s->pending[0].run == RTC_RUN_START || s->pending[1].run == RTC_RUN_START;
}

static size_t rtc_timers(const void *self, struct device_timer *timers, size_t max)
{
    const struct rtc *rtc = self;
    size_t count = 0;
    if (!will_run(&rtc->state) || max == 0) {
        return 0;
    }
    timers[count++] = (struct device_timer){.due_cycles = CLOCK_NEVER, .count = present_count(rtc)};
    for (uint32_t channel = 0; channel < CHANNELS && count < max; channel++) {
        if (channel >= RTC_CC_MAX || channel < rtc->cc_num) {
            count += tell_channel(rtc, channel, &timers[count]) ? 1 : 0;
        }
    }
    return count;
}

static uint64_t rtc_steps_due(const void *self, uint64_t steps)
{
    const struct rtc *rtc = self;
    const struct rtc_state *s = &rtc->state;
    uint64_t now = tick_now(rtc);
    if (!s->running || steps > FAR_AWAY_TICKS / s->divider) {
        return CLOCK_NEVER;
    }
    uint64_t done = now > s->base_tick ? (now - s->base_tick) / s->divider : 0;
    return steps == 0 ? clock_now(rtc->env.clock)
                      : cycle_of(rtc, s->base_tick + (done + steps) * s->divider);
}

static const size_t event_offsets[] = {offsetof(struct rtc, event)};

const struct device_class nrf52_rtc_class = {
    .name = "nrf52-rtc",
    .size_bytes = sizeof(struct rtc),
    .state_offset = offsetof(struct rtc, state),
    .state_bytes = sizeof(struct rtc_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = rtc_init,
    .reset = rtc_reset,
    .update = rtc_update,
    .read = rtc_read,
    .write = rtc_write,
    .peek = rtc_peek,
    .input = rtc_input,
    .faults = rtc_faults,
    .timers = rtc_timers,
    .steps_due = rtc_steps_due,
    .tasks = rtc_tasks,
};
