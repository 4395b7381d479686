#include "peripherals/nrf52/wdt.h"

#include <string.h>

#define EVENTS       NRF_EVENT_BIT(WDT_EVENTS_TIMEOUT)
#define CONFIG_SLEEP (1U << 0) /* 1: counts while the CPU sleeps */
#define CONFIG_HALT  (1U << 3)
#define CRV_RESET    0xFFFFFFFFU
#define CRV_MIN      0xFU
#define RREN_RESET   0x1U
#define RREN_MASK    0xFFU
#define RR_COUNT     8U
#define PERCENT      100U

static const struct device_fault wdt_faults[] = {
    [WDT_FAULT_DEAD] = {"dead", "no timeout comes", 1, 1},
    [WDT_FAULT_EARLY] = {"early",
                         "from the next reload on, timeouts come after VALUE percent of their time",
                         1, 99},
    [WDT_FAULTS] = {0}};

static uint64_t now_ticks(const struct wdt *wdt)
{
    return clock_cycles_to_lf_ticks(wdt->env.clock, clock_now(wdt->env.clock));
}

static void schedule_at_tick(struct wdt *wdt, struct event *event, uint64_t tick)
{
    clock_schedule(wdt->env.clock, event, clock_lf_ticks_to_cycles(wdt->env.clock, tick));
}

static bool is_paused(const struct wdt *wdt)
{
    return wdt->state.asleep && (wdt->state.config & CONFIG_SLEEP) == 0;
}

static void count_from(struct wdt *wdt, uint64_t ticks)
{
    wdt->state.left_ticks = ticks;
    if (!is_paused(wdt)) {
        wdt->state.due_ticks = now_ticks(wdt) + ticks;
        schedule_at_tick(wdt, &wdt->timeout, wdt->state.due_ticks);
    }
}

static void reload(struct wdt *wdt)
{
    wdt->state.requested = 0;
    uint64_t ticks = (uint64_t)wdt->state.crv + 1U;
    uint64_t early = (uint64_t)wdt->state.faults.values[WDT_FAULT_EARLY];
    count_from(wdt, early == 0 ? ticks : (ticks * early + PERCENT - 1U) / PERCENT);
}

static void pause(struct wdt *wdt)
{
    uint64_t now = now_ticks(wdt);
    wdt->state.left_ticks = wdt->state.due_ticks > now ? wdt->state.due_ticks - now : 0;
    clock_cancel(wdt->env.clock, &wdt->timeout);
}

static void bite(void *owner, uint64_t late_cycles)
{
    struct wdt *wdt = owner;
    (void)late_cycles;
    if (wdt->env.chip.request_reset != NULL) {
        wdt->env.chip.request_reset(wdt->env.chip.context, RESET_DOG);
    }
}

static void timed_out(void *owner, uint64_t late_cycles)
{
    struct wdt *wdt = owner;
    if (wdt->state.faults.values[WDT_FAULT_DEAD] != 0) {
        return;
    }
    if ((wdt->state.events.inten & EVENTS) != 0) {
        schedule_at_tick(wdt, &wdt->reset, wdt->state.due_ticks + WDT_RESET_DELAY_TICKS);
    } else {
        bite(wdt, late_cycles);
    }
    nrf_event_raise(&wdt->env, &wdt->state.events, WDT_EVENTS_TIMEOUT);
}

static void start(struct wdt *wdt)
{
    if (!wdt->state.running) {
        wdt->state.running = true;
        reload(wdt);
    }
}

static void request_reload(struct wdt *wdt, uint32_t index, uint32_t value)
{
    uint32_t bit = 1U << index;
    if (value != WDT_RELOAD_KEY) {
        device_guest_error(&wdt->env, WDT_RR0 + 4U * index,
                           "reload request without the key 0x6E524635: ignored");
        return;
    }
    /* After the timeout the reset can no longer be put off. */
    if (!wdt->state.running || wdt->reset.queued || (wdt->state.rren & bit) == 0) {
        return;
    }
    wdt->state.requested |= bit;
    if ((wdt->state.rren & ~wdt->state.requested) == 0) {
        reload(wdt);
    }
}

static void wdt_update(void *self)
{
    struct wdt *wdt = self;
    nrf_events_update_irq(&wdt->env, &wdt->state.events);
}

static bool is_reload_register(uint32_t offset)
{
    return offset >= WDT_RR0 && offset < WDT_RR0 + 4U * RR_COUNT;
}

static bool wdt_get(const struct wdt *wdt, uint32_t offset, uint32_t *value)
{
    const struct wdt_state *state = &wdt->state;
    if (nrf_events_get(&state->events, EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case WDT_TASKS_START:
        *value = 0;
        return true;
    case WDT_RUNSTATUS:
        *value = state->running;
        return true;
    case WDT_REQSTATUS:
        *value = state->rren & ~state->requested;
        return true;
    case WDT_CRV:
        *value = state->crv;
        return true;
    case WDT_RREN:
        *value = state->rren;
        return true;
    case WDT_CONFIG:
        *value = state->config;
        return true;
    default:
        *value = 0;
        return is_reload_register(offset);
    }
}

static uint32_t wdt_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return wdt_get(self, offset, &value) ? value : 0;
}

static enum bus_result wdt_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct wdt *wdt = self;
    uint32_t word = 0;
    bool known = wdt_get(wdt, access.offset & ~3U, &word);
    return nrf_finish_read(&wdt->env, access, known, word, value);
}

static void configure(struct wdt *wdt, uint32_t offset, uint32_t value)
{
    if (wdt->state.running) {
        device_guest_error(&wdt->env, offset,
                           "the watchdog runs and cannot be configured any more: ignored");
        return;
    }
    switch (offset) {
    case WDT_CRV:
        if (value < CRV_MIN) {
            device_guest_error(&wdt->env, offset, "CRV below 15");
        }
        wdt->state.crv = value;
        break;
    case WDT_RREN:
        wdt->state.rren = value & RREN_MASK;
        break;
    default: /* WDT_CONFIG: the caller passes these three */
        wdt->state.config = value & (CONFIG_SLEEP | CONFIG_HALT);
        break;
    }
}

static void write_register(struct wdt *wdt, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case WDT_TASKS_START:
        if (nrf_is_trigger(value)) {
            start(wdt);
        }
        break;
    case WDT_CRV:
    case WDT_RREN:
    case WDT_CONFIG:
        configure(wdt, offset, value);
        break;
    default:
        if (is_reload_register(offset)) {
            request_reload(wdt, (offset - WDT_RR0) / 4U, value);
        } else {
            nrf_report_unknown_write(&wdt->env, offset);
        }
        break;
    }
}

static enum bus_result wdt_write(void *self, struct bus_access access, uint32_t value)
{
    struct wdt *wdt = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&wdt->env, access, value);
    if (!nrf_events_write(&wdt->state.events, EVENTS, offset, word)) {
        write_register(wdt, offset, word);
    }
    wdt_update(wdt);
    return BUS_OK;
}

static void set_asleep(struct wdt *wdt, bool asleep)
{
    bool was_paused = is_paused(wdt);
    wdt->state.asleep = asleep;
    if (!wdt->state.running || wdt->reset.queued || is_paused(wdt) == was_paused) {
        return;
    }
    if (was_paused) {
        count_from(wdt, wdt->state.left_ticks);
    } else {
        pause(wdt);
    }
}

static bool wdt_input(void *self, const struct device_input *input)
{
    if (strcmp(input->what, "sleep") != 0) {
        struct wdt *wdt = self;
        return device_fault_take(wdt_faults, input, wdt->state.faults.values);
    }
    set_asleep(self, input->value != 0);
    return true;
}

static void wdt_reset(void *self, uint32_t reasons)
{
    struct wdt *wdt = self;
    uint32_t harmless = RESET_SREQ | RESET_LOCKUP;
    if (reasons != RESET_POWER_ON && (reasons & ~harmless) == 0) {
        set_asleep(wdt, false);
        return;
    }
    clock_cancel(wdt->env.clock, &wdt->timeout);
    clock_cancel(wdt->env.clock, &wdt->reset);
    wdt->state = (struct wdt_state){
        .crv = CRV_RESET, .rren = RREN_RESET, .config = CONFIG_SLEEP, .faults = wdt->state.faults};
}

static const char *wdt_init(void *self, const struct device_env *env)
{
    struct wdt *wdt = self;
    wdt->env = *env;
    event_init(&wdt->timeout, timed_out, wdt);
    event_init(&wdt->reset, bite, wdt);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct wdt_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->running) && device_bool_is_sane(&s->asleep) &&
           device_faults_are_sane(wdt_faults, s->faults.values);
}

static size_t wdt_timers(const void *self, struct device_timer *timers, size_t max)
{
    const struct wdt *wdt = self;
    const struct wdt_state *s = &wdt->state;
    const struct clock *clock = wdt->env.clock;
    if (!s->running || max == 0) {
        return 0;
    }
    struct device_timer row = {.due_cycles = CLOCK_NEVER, .event = WDT_EVENTS_TIMEOUT};
    const char *effect = "resets the chip";
    if (s->faults.values[WDT_FAULT_DEAD] != 0 && !wdt->reset.queued) {
        effect = "nothing: fault \"dead\"";
    } else if (wdt->reset.queued) {
        row.due_cycles = wdt->reset.due_cycles;
        row.begun_cycles = clock_lf_ticks_to_cycles(clock, s->due_ticks);
        row.event = 0;
    } else if (is_paused(wdt)) {
        effect = "resets the chip, paused by sleep";
        row.count = s->left_ticks;
    } else {
        uint64_t turn = (uint64_t)s->crv + 1U;
        bool warns = (s->events.inten & EVENTS) != 0;
        effect = warns ? "interrupt, 61 us later a reset" : effect;
        row.due_cycles = wdt->timeout.due_cycles;
        row.begun_cycles =
            s->due_ticks > turn ? clock_lf_ticks_to_cycles(clock, s->due_ticks - turn) : 0;
        row.count = s->due_ticks > now_ticks(wdt) ? s->due_ticks - now_ticks(wdt) : 0;
    }
    device_timer_add_words(row.label, sizeof row.label, wdt->reset.queued ? "reset" : "TIMEOUT");
    device_timer_add_words(row.effect, sizeof row.effect, effect);
    timers[0] = row;
    return 1;
}

static const size_t event_offsets[] = {offsetof(struct wdt, timeout), offsetof(struct wdt, reset)};

const struct device_class nrf52_wdt_class = {
    .name = "nrf52-wdt",
    .size_bytes = sizeof(struct wdt),
    .state_offset = offsetof(struct wdt, state),
    .state_bytes = sizeof(struct wdt_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = wdt_init,
    .reset = wdt_reset,
    .update = wdt_update,
    .read = wdt_read,
    .write = wdt_write,
    .peek = wdt_peek,
    .input = wdt_input,
    .faults = wdt_faults,
    .timers = wdt_timers,
};
