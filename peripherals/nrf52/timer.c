#include "peripherals/nrf52/timer.h"

enum timer_register {
    TIMER_TASKS_START = 0x000,
    TIMER_TASKS_STOP = 0x004,
    TIMER_TASKS_COUNT = 0x008,
    TIMER_TASKS_CLEAR = 0x00C,
    TIMER_TASKS_SHUTDOWN = 0x010,
    TIMER_TASKS_CAPTURE_0 = 0x040,
    TIMER_EVENTS_COMPARE_0 = 0x140,
    TIMER_MODE = 0x504,
    TIMER_BITMODE = 0x508,
    TIMER_PRESCALER = 0x510, /* reset value 4 */
    TIMER_CC_0 = 0x540,
};

enum timer_mode { MODE_TIMER = 0, MODE_COUNTER = 1, MODE_LOW_POWER_COUNTER = 2 };

#define TIMER_CLOCK_HZ  16000000U
#define PRESCALER_RESET 4U
#define PRESCALER_MAX   9U
#define NO_TICK         UINT64_MAX
#define PPM             1000000
#define SKEW_MAX_PPM    100000
#define FAR_AWAY_TICKS  (1ULL << 60)
#define COMPARE_BIT(i)  NRF_EVENT_BIT(TIMER_EVENTS_COMPARE_0 + 4U * (i))

/* SHORTS: bit i COMPARE[i]_CLEAR, bit 8 + i COMPARE[i]_STOP. */
#define SHORTS_STOP_SHIFT 8U

static const struct device_fault timer_faults[] = {
    [TIMER_FAULT_SKEW] = {"skew", "counts VALUE ppm too fast", -SKEW_MAX_PPM, SKEW_MAX_PPM},
    [TIMER_FAULTS] = {0}};

static uint32_t cycles_per_tick(const struct timer *timer)
{
    return timer->env.clock->cpu_hz / TIMER_CLOCK_HZ;
}

static uint64_t rate(const struct timer_skew *skew)
{
    return (uint64_t)(PPM + skew->faults[TIMER_FAULT_SKEW]);
}

static uint64_t tick_at(const struct timer *timer, uint64_t cycle)
{
    const struct timer_skew *skew = &timer->state.skew;
    uint64_t passed = cycle - skew->start_cycle;
    if (skew->faults[TIMER_FAULT_SKEW] == 0) {
        return skew->start_tick + passed / cycles_per_tick(timer);
    }
    return skew->start_tick + clock_scale_down(passed, rate(skew), PPM * cycles_per_tick(timer));
}

/* The first cycle of a tick that is not before the skew's start. */
static uint64_t cycle_of(const struct timer *timer, uint64_t tick)
{
    const struct timer_skew *skew = &timer->state.skew;
    return skew->start_cycle +
           clock_scale_up(tick - skew->start_tick, PPM * cycles_per_tick(timer), rate(skew));
}

static uint64_t tick_now(const struct timer *timer)
{
    return tick_at(timer, clock_now(timer->env.clock));
}

static uint32_t count_mask(const struct timer_state *s)
{
    static const uint32_t masks[4] = {0xFFFFU, 0xFFU, 0xFFFFFFU, UINT32_MAX};
    return masks[s->bitmode];
}

static bool steps_by_itself(const struct timer_state *s)
{
    return s->running && s->mode == MODE_TIMER;
}

static uint32_t count_at(const struct timer_state *s, uint64_t tick)
{
    if (!steps_by_itself(s)) {
        return s->base_count;
    }
    return (uint32_t)(s->base_count + ((tick - s->base_tick) >> s->prescaler)) & count_mask(s);
}

/* The first tick >= `from` at which the counter steps to CC[i]. */
static uint64_t next_match(const struct timer_state *s, uint32_t i, uint64_t from)
{
    uint32_t mask = count_mask(s);
    uint64_t steps = (s->cc[i] - s->base_count) & mask;
    uint64_t turn = ((uint64_t)mask + 1) << s->prescaler;
    uint64_t tick = s->base_tick + (steps == 0 ? turn : steps << s->prescaler);
    if (tick < from) {
        tick += (from - tick + turn - 1) / turn * turn;
    }
    return tick;
}

static uint64_t next_match_of_any(const struct timer *timer)
{
    const struct timer_state *s = &timer->state;
    uint64_t first = NO_TICK;
    if (!steps_by_itself(s)) {
        return NO_TICK;
    }
    for (uint32_t i = 0; i < timer->cc_num; i++) {
        uint64_t tick = next_match(s, i, s->matched_tick + 1);
        first = tick < first ? tick : first;
    }
    return first;
}

/* The counter goes on from `count` at `tick`. */
static void set_base(struct timer_state *s, uint64_t tick, uint32_t count)
{
    s->base_tick = tick;
    s->base_count = count & count_mask(s);
}

static void stop(struct timer_state *s, uint64_t tick)
{
    set_base(s, tick, count_at(s, tick));
    s->running = false;
}

/* The counter has become equal to the CC registers in `matches` (one bit each): event registers,
 * then shortcuts, then PPI. */
static void raise_matches(struct timer *timer, uint32_t matches, uint64_t tick)
{
    struct timer_state *s = &timer->state;
    for (uint32_t i = 0; i < timer->cc_num; i++) {
        if ((matches >> i & 1U) != 0) {
            nrf_event_set(&s->events, TIMER_EVENTS_COMPARE_0 + 4 * i);
        }
    }
    if ((s->shorts >> SHORTS_STOP_SHIFT & matches) != 0) {
        stop(s, tick);
    }
    if ((s->shorts & matches) != 0) {
        set_base(s, tick, 0);
    }
    for (uint32_t i = 0; i < timer->cc_num; i++) {
        if ((matches >> i & 1U) != 0) {
            nrf_event_raise(&timer->env, &s->events, TIMER_EVENTS_COMPARE_0 + 4 * i);
        }
    }
}

static uint32_t matches_of(const struct timer *timer, uint32_t count)
{
    uint32_t matches = 0;
    for (uint32_t i = 0; i < timer->cc_num; i++) {
        matches |= (uint32_t)((timer->state.cc[i] & count_mask(&timer->state)) == count) << i;
    }
    return matches;
}

static void catch_up(struct timer *timer)
{
    struct timer_state *s = &timer->state;
    uint64_t now = tick_now(timer);
    for (uint64_t tick = next_match_of_any(timer); tick <= now; tick = next_match_of_any(timer)) {
        s->matched_tick = tick;
        raise_matches(timer, matches_of(timer, count_at(s, tick)), tick);
    }
    s->matched_tick = now > s->matched_tick ? now : s->matched_tick;
}

static void schedule(struct timer *timer)
{
    uint64_t tick = next_match_of_any(timer);
    if (tick == NO_TICK) {
        clock_cancel(timer->env.clock, &timer->match);
    } else {
        clock_schedule(timer->env.clock, &timer->match, cycle_of(timer, tick));
    }
}

static void match_fired(void *owner, uint64_t late_cycles)
{
    struct timer *timer = owner;
    (void)late_cycles;
    catch_up(timer);
    schedule(timer);
}

static void count_once(struct timer *timer)
{
    struct timer_state *s = &timer->state;
    if (!s->running || s->mode == MODE_TIMER) {
        return;
    }
    s->base_count = (s->base_count + 1) & count_mask(s);
    raise_matches(timer, matches_of(timer, s->base_count), tick_now(timer));
}

static void start(struct timer *timer)
{
    struct timer_state *s = &timer->state;
    if (!s->running) {
        s->running = true;
        s->base_tick = tick_now(timer);
    }
}

/* A register that the counter depends on changes: what was counted stays. */
static void change_setting(struct timer *timer, uint32_t offset, uint32_t *setting, uint32_t value)
{
    struct timer_state *s = &timer->state;
    uint64_t now = tick_now(timer);
    uint32_t count = count_at(s, now);
    if (s->running && *setting != value) {
        device_guest_error(&timer->env, offset,
                           "MODE, BITMODE or PRESCALER is written while the timer runs");
    }
    *setting = value;
    set_base(s, now, count);
}

static bool is_cc(const struct timer *timer, uint32_t offset)
{
    return offset >= TIMER_CC_0 && offset < TIMER_CC_0 + 4 * timer->cc_num;
}

static bool is_capture(const struct timer *timer, uint32_t offset)
{
    return offset >= TIMER_TASKS_CAPTURE_0 && offset < TIMER_TASKS_CAPTURE_0 + 4 * timer->cc_num;
}

static bool timer_get(const struct timer *timer, uint32_t offset, uint32_t *value)
{
    const struct timer_state *s = &timer->state;
    if (nrf_events_get(&s->events, timer->implemented, offset, value)) {
        return true;
    }
    if (is_cc(timer, offset)) {
        *value = s->cc[(offset - TIMER_CC_0) / 4];
        return true;
    }
    if (is_capture(timer, offset)) {
        *value = 0;
        return true;
    }
    switch (offset) {
    case TIMER_TASKS_START:
    case TIMER_TASKS_STOP:
    case TIMER_TASKS_COUNT:
    case TIMER_TASKS_CLEAR:
    case TIMER_TASKS_SHUTDOWN:
        *value = 0;
        return true;
    case NRF_SHORTS:
        *value = s->shorts;
        return true;
    case TIMER_MODE:
        *value = s->mode;
        return true;
    case TIMER_BITMODE:
        *value = s->bitmode;
        return true;
    case TIMER_PRESCALER:
        *value = s->prescaler;
        return true;
    default:
        return false;
    }
}

static uint32_t timer_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return timer_get(self, offset, &value) ? value : 0;
}

static enum bus_result timer_read(void *self, struct bus_access access, uint32_t *value)
{
    struct timer *timer = self;
    uint32_t word = 0;
    catch_up(timer);
    bool known = timer_get(timer, access.offset & ~3U, &word);
    return nrf_finish_read(&timer->env, access, known, word, value);
}

static void run_task(struct timer *timer, uint32_t offset)
{
    struct timer_state *s = &timer->state;
    uint64_t now = tick_now(timer);
    if (is_capture(timer, offset)) {
        s->cc[(offset - TIMER_TASKS_CAPTURE_0) / 4] = count_at(s, now);
        return;
    }
    switch (offset) {
    case TIMER_TASKS_START:
        start(timer);
        break;
    case TIMER_TASKS_STOP:
        stop(s, now);
        break;
    case TIMER_TASKS_COUNT:
        count_once(timer);
        break;
    case TIMER_TASKS_CLEAR:
        set_base(s, now, 0);
        break;
    default: /* SHUTDOWN: powers the counter down, too */
        stop(s, now);
        s->base_count = 0;
        break;
    }
}

static void write_prescaler(struct timer *timer, uint32_t value)
{
    if (value > PRESCALER_MAX) {
        device_guest_error(&timer->env, TIMER_PRESCALER, "PRESCALER is more than 9: taken as 9");
        value = PRESCALER_MAX;
    }
    change_setting(timer, TIMER_PRESCALER, &timer->state.prescaler, value);
}

static void write_register(struct timer *timer, uint32_t offset, uint32_t value)
{
    struct timer_state *s = &timer->state;
    uint32_t cc_bits = (1U << timer->cc_num) - 1U;
    if (is_cc(timer, offset)) {
        s->cc[(offset - TIMER_CC_0) / 4] = value;
        return;
    }
    switch (offset) {
    case NRF_SHORTS:
        s->shorts = value & (cc_bits | cc_bits << SHORTS_STOP_SHIFT);
        break;
    case TIMER_MODE:
        change_setting(timer, offset, &s->mode, value & 3U);
        break;
    case TIMER_BITMODE:
        change_setting(timer, offset, &s->bitmode, value & 3U);
        break;
    case TIMER_PRESCALER:
        write_prescaler(timer, value & 0xFU);
        break;
    default:
        nrf_report_unknown_write(&timer->env, offset);
        break;
    }
}

static enum bus_result timer_write(void *self, struct bus_access access, uint32_t value)
{
    struct timer *timer = self;
    uint32_t word = nrf_begin_write(&timer->env, access, value);
    uint32_t offset = access.offset & ~3U;
    catch_up(timer); /* with the old settings */
    if (offset <= TIMER_TASKS_SHUTDOWN || is_capture(timer, offset)) {
        if (nrf_is_trigger(word)) {
            run_task(timer, offset);
        }
    } else if (!nrf_events_write(&timer->state.events, timer->implemented, offset, word)) {
        write_register(timer, offset, word);
    }
    nrf_events_update_irq(&timer->env, &timer->state.events);
    schedule(timer);
    return BUS_OK;
}

static void timer_reset(void *self, uint32_t reasons)
{
    struct timer *timer = self;
    (void)reasons;
    const struct timer_skew skew = timer->state.skew;
    clock_cancel(timer->env.clock, &timer->match);
    timer->state = (struct timer_state){
        .prescaler = PRESCALER_RESET, .matched_tick = tick_now(timer), .skew = skew};
}

static bool timer_input(void *self, const struct device_input *input)
{
    struct timer *timer = self;
    struct timer_skew *skew = &timer->state.skew;
    uint64_t now = clock_now(timer->env.clock);
    catch_up(timer);
    uint64_t tick = tick_now(timer);
    if (!device_fault_take(timer_faults, input, skew->faults)) {
        return false;
    }
    skew->start_cycle = now;
    skew->start_tick = tick;
    schedule(timer);
    return true;
}

static void timer_update(void *self)
{
    struct timer *timer = self;
    nrf_events_update_irq(&timer->env, &timer->state.events);
}

static const char *timer_init(void *self, const struct device_env *env)
{
    struct timer *timer = self;
    timer->env = *env;
    timer->cc_num = props_u32_or(&env->props, "cc-num", TIMER_CC_MAX);
    if (timer->cc_num < 1 || timer->cc_num > TIMER_CC_MAX) {
        return "cc-num is not in 1..6";
    }
    if (env->clock->cpu_hz % TIMER_CLOCK_HZ != 0) {
        return "the CPU clock is no multiple of 16 MHz";
    }
    for (uint32_t i = 0; i < timer->cc_num; i++) {
        timer->implemented |= COMPARE_BIT(i);
    }
    event_init(&timer->match, match_fired, timer);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct timer_state *s = state;
    if (!device_faults_are_sane(timer_faults, s->skew.faults) || s->skew.start_cycle > now_cycles ||
        s->skew.start_tick > FAR_AWAY_TICKS || !device_bool_is_sane(&s->running) || s->mode > 3 ||
        s->bitmode > 3 || s->prescaler > PRESCALER_MAX) {
        return false;
    }
    struct timer timer = *(const struct timer *)self;
    timer.state = *s;
    uint64_t now = tick_at(&timer, now_cycles);
    return s->base_tick <= now && s->matched_tick <= now &&
           next_match_of_any(&timer) >= (now > TIMER_CLOCK_HZ ? now - TIMER_CLOCK_HZ : 0);
}

/* ---- for people ---- */

static const struct device_task timer_tasks[] = {{TIMER_TASKS_START, "START"},
                                                 {TIMER_TASKS_STOP, "STOP"},
                                                 {TIMER_TASKS_COUNT, "COUNT"},
                                                 {TIMER_TASKS_CLEAR, "CLEAR"},
                                                 {TIMER_TASKS_SHUTDOWN, "SHUTDOWN"},
                                                 {TIMER_TASKS_CAPTURE_0, "CAPTURE[0]"},
                                                 {TIMER_TASKS_CAPTURE_0 + 4, "CAPTURE[1]"},
                                                 {TIMER_TASKS_CAPTURE_0 + 8, "CAPTURE[2]"},
                                                 {TIMER_TASKS_CAPTURE_0 + 12, "CAPTURE[3]"},
                                                 {TIMER_TASKS_CAPTURE_0 + 16, "CAPTURE[4]"},
                                                 {TIMER_TASKS_CAPTURE_0 + 20, "CAPTURE[5]"},
                                                 {0, NULL}};

static uint64_t next_match_with_shorts(const struct timer *timer, uint64_t from)
{
    const struct timer_state *s = &timer->state;
    uint64_t first = NO_TICK;
    for (uint32_t i = 0; i < timer->cc_num; i++) {
        if ((s->shorts >> i & (1U | 1U << SHORTS_STOP_SHIFT)) != 0) {
            uint64_t tick = next_match(s, i, from);
            first = tick < first ? tick : first;
        }
    }
    return first;
}

/* The first tick >= `from` at which CC[i] matches, with what the shortcuts of other matches do to
 * the counter before: *ahead, a copy, is then as the counter will be just before that match.
 * NO_TICK: it never does. What the counter does not reach in a round from CLEAR to CLEAR it does
 * not reach in any. */
static uint64_t look_ahead(struct timer *ahead, uint32_t i, uint64_t from, bool *cleared)
{
    struct timer_state *s = &ahead->state;
    for (uint32_t round = 0; round < 2 && steps_by_itself(s); round++) {
        uint64_t due = next_match(s, i, from);
        uint64_t change = next_match_with_shorts(ahead, from);
        if (due <= change) {
            return due;
        }
        uint32_t matches = matches_of(ahead, count_at(s, change));
        if ((s->shorts >> SHORTS_STOP_SHIFT & matches) != 0) {
            return NO_TICK;
        }
        set_base(s, change, 0);
        from = change + 1;
        *cleared = true;
    }
    return NO_TICK;
}

/* After the match of CC[i] at `due`: how many ticks later it comes again because the counter is
 * cleared; 0: it is not. */
static uint64_t period_ticks(struct timer *ahead, uint32_t i, uint64_t due)
{
    struct timer_state *s = &ahead->state;
    uint32_t matches = matches_of(ahead, count_at(s, due));
    bool cleared = (s->shorts & matches) != 0;
    if ((s->shorts >> SHORTS_STOP_SHIFT & matches) != 0) {
        return 0;
    }
    if (cleared) {
        set_base(s, due, 0);
    }
    uint64_t next = look_ahead(ahead, i, due + 1, &cleared);
    return cleared && next != NO_TICK ? next - due : 0;
}

static uint64_t cycles_in(const struct timer *timer, uint64_t ticks)
{
    return clock_scale_up(ticks, PPM * cycles_per_tick(timer), rate(&timer->state.skew));
}

static void tell_begun(const struct timer *timer, struct device_timer *row)
{
    const struct timer_state *s = &timer->state;
    uint64_t turn = cycles_in(timer, ((uint64_t)count_mask(s) + 1) << s->prescaler);
    uint64_t known = s->skew.start_tick;
    row->begun_cycles = cycle_of(timer, s->base_tick > known ? s->base_tick : known);
    if (row->due_cycles - row->begun_cycles > turn) {
        row->begun_cycles = row->due_cycles - turn;
    }
}

/* False: CC[i] will not match. */
static bool tell_compare(const struct timer *timer, uint32_t i, struct device_timer *row)
{
    const struct timer_state *s = &timer->state;
    struct timer ahead = *timer;
    bool cleared = false;
    uint64_t due = look_ahead(&ahead, i, s->matched_tick + 1, &cleared);
    if (due == NO_TICK) {
        return false;
    }
    static const char *const names[TIMER_CC_MAX] = {"COMPARE[0]", "COMPARE[1]", "COMPARE[2]",
                                                    "COMPARE[3]", "COMPARE[4]", "COMPARE[5]"};
    *row = (struct device_timer){.due_cycles = cycle_of(timer, due),
                                 .period_cycles = cycles_in(timer, period_ticks(&ahead, i, due)),
                                 .count = count_at(s, tick_now(timer)),
                                 .event = TIMER_EVENTS_COMPARE_0 + 4 * i};
    device_timer_add_words(row->label, sizeof row->label, names[i]);
    if ((s->events.inten & COMPARE_BIT(i)) != 0) {
        device_timer_add_words(row->effect, sizeof row->effect, "interrupt");
    }
    if ((s->shorts >> i & 1U) != 0) {
        device_timer_add_words(row->effect, sizeof row->effect, "clear");
    }
    if ((s->shorts >> (SHORTS_STOP_SHIFT + i) & 1U) != 0) {
        device_timer_add_words(row->effect, sizeof row->effect, "stop");
    }
    tell_begun(timer, row);
    return true;
}

static size_t timer_timers(const void *self, struct device_timer *timers, size_t max)
{
    const struct timer *timer = self;
    size_t count = 0;
    if (!timer->state.running || max == 0) {
        return 0;
    }
    timers[count++] = (struct device_timer){.due_cycles = CLOCK_NEVER,
                                            .count = count_at(&timer->state, tick_now(timer))};
    if (timer->state.mode != MODE_TIMER) {
        device_timer_add_words(timers[0].effect, sizeof timers[0].effect, "counts events");
    }
    for (uint32_t i = 0; i < timer->cc_num && count < max; i++) {
        count += tell_compare(timer, i, &timers[count]) ? 1 : 0;
    }
    return count;
}

static const size_t event_offsets[] = {offsetof(struct timer, match)};

const struct device_class nrf52_timer_class = {
    .name = "nrf52-timer",
    .size_bytes = sizeof(struct timer),
    .state_offset = offsetof(struct timer, state),
    .state_bytes = sizeof(struct timer_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = timer_init,
    .reset = timer_reset,
    .update = timer_update,
    .read = timer_read,
    .write = timer_write,
    .peek = timer_peek,
    .input = timer_input,
    .faults = timer_faults,
    .timers = timer_timers,
    .tasks = timer_tasks,
};
