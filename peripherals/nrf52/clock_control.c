#include "peripherals/nrf52/clock_control.h"

enum clock_source { SOURCE_RC, SOURCE_XTAL, SOURCE_SYNTH };

#define STAT_STATE         (1U << 16)
#define HFCLKSTAT_SRC_XTAL 1U
#define LFCLKSRC_SRC       3U
#define LFCLKSRC_BYPASS    (1U << 16)
#define LFCLKSRC_EXTERNAL  (1U << 17)
#define CTIV_MASK          0x7FU
#define CTIV_UNIT_US       250000U
#define LFRCMODE_MODE      1U
#define LFRCMODE_STATUS    (1U << 16)
#define TRACECONFIG_MASK   0x00030003U
#define TRACECONFIG_MUX    0x00030000U
#define HFXODEBOUNCE_RESET 0x10U
#define HFXODEBOUNCE_MASK  0xFFU

static void after_us(struct clock_control *clock, struct event *event, uint64_t us)
{
    struct clock *time = clock->env->clock;
    clock_schedule(time, event, clock_now(time) + clock_us_to_cycles(time, us));
}

static uint32_t selected_source(const struct clock_control *clock)
{
    return clock->state->lfclksrccopy & LFCLKSRC_SRC;
}

static bool is_crystal(const struct clock_control *clock)
{
    /* A clock fed in from outside needs no time to swing up. */
    return selected_source(clock) == SOURCE_XTAL &&
           (clock->state->lfclksrccopy & (LFCLKSRC_BYPASS | LFCLKSRC_EXTERNAL)) == 0;
}

/* The 32,768 Hz clock runs as the phase says. */
static void update_lf(struct clock_control *clock)
{
    enum clock_lf_phase phase = clock->state->lf_phase;
    lf_clock_set(&clock->env->nets->lf, &clock->state->lf, clock->env->clock,
                 phase == CLOCK_LF_RC_MEANWHILE || phase == CLOCK_LF_RUNNING,
                 clock->faults[CLOCK_FAULT_LF_SKEW]);
}

static void hf_started(void *owner, uint64_t late_cycles)
{
    struct clock_control *clock = owner;
    (void)late_cycles;
    if (!clock->state->hfclk_running && clock->faults[CLOCK_FAULT_HFXO_DEAD] != 0) {
        return; /* it tries for ever */
    }
    clock->state->hfclk_running = true;
    nrf_event_raise(clock->env, clock->events, CLOCK_EVENTS_HFCLKSTARTED);
}

static void start_hf(struct clock_control *clock)
{
    if (clock->state->hfclk_running) {
        hf_started(clock, 0);
        return;
    }
    if (!clock->state->hfclk_requested) {
        clock->state->hfclk_requested = true;
        after_us(clock, &clock->hf_started, CLOCK_HFXO_START_US);
    }
}

static void stop_hf(struct clock_control *clock)
{
    clock->state->hfclk_requested = false;
    clock->state->hfclk_running = false;
    clock_cancel(clock->env->clock, &clock->hf_started);
}

static void lf_step(void *owner, uint64_t late_cycles)
{
    struct clock_control *clock = owner;
    (void)late_cycles;
    if (clock->state->lf_phase == CLOCK_LF_STARTING && is_crystal(clock)) {
        clock->state->lf_phase = CLOCK_LF_RC_MEANWHILE;
        update_lf(clock);
        after_us(clock, &clock->lf_step, CLOCK_LFXO_START_US - CLOCK_LFRC_START_US);
        return;
    }
    if (clock->state->lf_phase == CLOCK_LF_RC_MEANWHILE &&
        clock->faults[CLOCK_FAULT_LFXO_DEAD] != 0) {
        return; /* the RC oscillator has to do */
    }
    clock->state->lf_phase = CLOCK_LF_RUNNING;
    update_lf(clock);
    nrf_event_raise(clock->env, clock->events, CLOCK_EVENTS_LFCLKSTARTED);
}

static void start_lf(struct clock_control *clock)
{
    if (clock->state->lf_phase == CLOCK_LF_RUNNING) {
        lf_step(clock, 0);
        return;
    }
    if (clock->state->lf_phase != CLOCK_LF_OFF) {
        return;
    }
    clock->state->lf_phase = CLOCK_LF_STARTING;
    clock->state->lfclksrccopy = clock->state->lfclksrc & LFCLKSRC_SRC;
    if ((clock->state->lfclksrc & LFCLKSRC_SRC) == LFCLKSRC_SRC) {
        device_guest_error(clock->env, CLOCK_LFCLKSRC,
                           "LFCLK started from source 3, which does not exist");
    }
    /* The copy register shows SRC only, yet BYPASS and EXTERNAL are latched with it. */
    clock->state->lfclksrccopy |= clock->state->lfclksrc & (LFCLKSRC_BYPASS | LFCLKSRC_EXTERNAL);
    bool synth = selected_source(clock) == SOURCE_SYNTH;
    after_us(clock, &clock->lf_step, synth ? CLOCK_SYNTH_START_US : CLOCK_LFRC_START_US);
}

static void stop_lf(struct clock_control *clock)
{
    clock->state->lf_phase = CLOCK_LF_OFF;
    clock_cancel(clock->env->clock, &clock->lf_step);
    update_lf(clock);
}

void clock_control_faults_changed(struct clock_control *clock)
{
    const struct clock_control_state *s = clock->state;
    update_lf(clock);
    if (s->hfclk_requested && !s->hfclk_running && !clock->hf_started.queued) {
        after_us(clock, &clock->hf_started, CLOCK_HFXO_START_US);
    }
    if (s->lf_phase == CLOCK_LF_RC_MEANWHILE && !clock->lf_step.queued) {
        after_us(clock, &clock->lf_step, CLOCK_LFXO_START_US - CLOCK_LFRC_START_US);
    }
}

static uint32_t lfclkstat(const struct clock_control *clock)
{
    switch (clock->state->lf_phase) {
    case CLOCK_LF_OFF:
    case CLOCK_LF_STARTING:
        return 0;
    case CLOCK_LF_RC_MEANWHILE:
        return STAT_STATE | SOURCE_RC;
    case CLOCK_LF_RUNNING:
        return STAT_STATE | selected_source(clock);
    }
    return 0;
}

static void calibrated(void *owner, uint64_t late_cycles)
{
    struct clock_control *clock = owner;
    (void)late_cycles;
    clock->state->calibrating = false;
    nrf_event_raise(clock->env, clock->events, CLOCK_EVENTS_DONE);
}

static void start_calibration(struct clock_control *clock)
{
    bool rc_runs = lfclkstat(clock) == (STAT_STATE | SOURCE_RC);
    if (!rc_runs || !clock->state->hfclk_running) {
        device_guest_error(clock->env, CLOCK_TASKS_CAL,
                           "CAL needs the 64 MHz crystal and the 32 kHz RC oscillator running");
        return;
    }
    if (!clock->state->calibrating) {
        clock->state->calibrating = true;
        after_us(clock, &clock->calibrated, CLOCK_CALIBRATION_US);
    }
}

static void timer_expired(void *owner, uint64_t late_cycles)
{
    struct clock_control *clock = owner;
    (void)late_cycles;
    clock->state->timer_running = false;
    nrf_event_raise(clock->env, clock->events, CLOCK_EVENTS_CTTO);
}

static void start_timer(struct clock_control *clock)
{
    if (clock->state->ctiv == 0) {
        device_guest_error(clock->env, CLOCK_TASKS_CTSTART,
                           "calibration timer started with an interval of 0");
        return;
    }
    clock->state->timer_running = true;
    after_us(clock, &clock->timer_expired, (uint64_t)clock->state->ctiv * CTIV_UNIT_US);
    if (nrf_is_nrf52840(clock->env)) {
        nrf_event_raise(clock->env, clock->events, CLOCK_EVENTS_CTSTARTED);
    }
}

static void stop_timer(struct clock_control *clock)
{
    clock->state->timer_running = false;
    clock_cancel(clock->env->clock, &clock->timer_expired);
    if (nrf_is_nrf52840(clock->env)) {
        nrf_event_raise(clock->env, clock->events, CLOCK_EVENTS_CTSTOPPED);
    }
}

uint32_t clock_control_events(const struct device_env *env)
{
    uint32_t events = NRF_EVENT_BIT(CLOCK_EVENTS_HFCLKSTARTED) |
                      NRF_EVENT_BIT(CLOCK_EVENTS_LFCLKSTARTED) | NRF_EVENT_BIT(CLOCK_EVENTS_DONE) |
                      NRF_EVENT_BIT(CLOCK_EVENTS_CTTO);
    if (nrf_is_nrf52840(env)) {
        events |= NRF_EVENT_BIT(CLOCK_EVENTS_CTSTARTED) | NRF_EVENT_BIT(CLOCK_EVENTS_CTSTOPPED);
    }
    return events;
}

/* HFXODEBOUNCE and LFRCMODE are nRF52840's. */
static bool is_absent(const struct clock_control *clock, uint32_t offset)
{
    return !nrf_is_nrf52840(clock->env) &&
           (offset == CLOCK_HFXODEBOUNCE || offset == CLOCK_LFRCMODE);
}

bool clock_control_get(const struct clock_control *clock, uint32_t offset, uint32_t *value)
{
    const struct clock_control_state *state = clock->state;
    if (is_absent(clock, offset)) {
        return false;
    }
    switch (offset) {
    case CLOCK_TASKS_HFCLKSTART:
    case CLOCK_TASKS_HFCLKSTOP:
    case CLOCK_TASKS_LFCLKSTART:
    case CLOCK_TASKS_LFCLKSTOP:
    case CLOCK_TASKS_CAL:
    case CLOCK_TASKS_CTSTART:
    case CLOCK_TASKS_CTSTOP:
        *value = 0;
        return true;
    case CLOCK_HFCLKRUN:
        *value = state->hfclk_requested;
        return true;
    case CLOCK_HFCLKSTAT:
        *value = state->hfclk_running ? STAT_STATE | HFCLKSTAT_SRC_XTAL : 0;
        return true;
    case CLOCK_LFCLKRUN:
        *value = state->lf_phase != CLOCK_LF_OFF;
        return true;
    case CLOCK_LFCLKSTAT:
        *value = lfclkstat(clock);
        return true;
    case CLOCK_LFCLKSRCCOPY:
        *value = selected_source(clock);
        return true;
    case CLOCK_LFCLKSRC:
        *value = state->lfclksrc;
        return true;
    case CLOCK_CTIV:
        *value = state->ctiv;
        return true;
    case CLOCK_TRACECONFIG:
        *value = state->traceconfig;
        return true;
    case CLOCK_HFXODEBOUNCE:
        *value = state->hfxodebounce;
        return true;
    case CLOCK_LFRCMODE:
        *value = state->lfrcmode;
        return true;
    default:
        return false;
    }
}

static void trigger(struct clock_control *clock, uint32_t offset)
{
    switch (offset) {
    case CLOCK_TASKS_HFCLKSTART:
        start_hf(clock);
        break;
    case CLOCK_TASKS_HFCLKSTOP:
        stop_hf(clock);
        break;
    case CLOCK_TASKS_LFCLKSTART:
        start_lf(clock);
        break;
    case CLOCK_TASKS_LFCLKSTOP:
        stop_lf(clock);
        break;
    case CLOCK_TASKS_CAL:
        start_calibration(clock);
        break;
    case CLOCK_TASKS_CTSTART:
        start_timer(clock);
        break;
    default: /* CLOCK_TASKS_CTSTOP: the caller passes tasks only */
        stop_timer(clock);
        break;
    }
}

bool clock_control_write(struct clock_control *clock, uint32_t offset, uint32_t value)
{
    struct clock_control_state *state = clock->state;
    if (is_absent(clock, offset)) {
        return false;
    }
    switch (offset) {
    case CLOCK_TASKS_HFCLKSTART:
    case CLOCK_TASKS_HFCLKSTOP:
    case CLOCK_TASKS_LFCLKSTART:
    case CLOCK_TASKS_LFCLKSTOP:
    case CLOCK_TASKS_CAL:
    case CLOCK_TASKS_CTSTART:
    case CLOCK_TASKS_CTSTOP:
        if (nrf_is_trigger(value)) {
            trigger(clock, offset);
        }
        return true;
    case CLOCK_LFCLKSRC:
        if (state->lf_phase != CLOCK_LF_OFF) {
            device_guest_error(clock->env, offset,
                               "LFCLKSRC written while LFCLK runs: takes effect at the next start");
        }
        state->lfclksrc = value & (LFCLKSRC_SRC | LFCLKSRC_BYPASS | LFCLKSRC_EXTERNAL);
        return true;
    case CLOCK_CTIV:
        state->ctiv = value & CTIV_MASK;
        return true;
    case CLOCK_TRACECONFIG:
        state->traceconfig = value & TRACECONFIG_MASK;
        if ((value & TRACECONFIG_MUX) != 0) {
            diag_unimplemented(clock->env->diag, clock->env->name, offset, "trace pins");
        }
        return true;
    case CLOCK_HFXODEBOUNCE:
        state->hfxodebounce = value & HFXODEBOUNCE_MASK;
        return true;
    case CLOCK_LFRCMODE:
        state->lfrcmode = (value & LFRCMODE_MODE) != 0 ? LFRCMODE_MODE | LFRCMODE_STATUS : 0;
        return true;
    default:
        return false;
    }
}

void clock_control_reset(struct clock_control *clock)
{
    const struct lf_state lf = clock->state->lf;
    *clock->state = (struct clock_control_state){.hfxodebounce = HFXODEBOUNCE_RESET, .lf = lf};
    clock_cancel(clock->env->clock, &clock->hf_started);
    clock_cancel(clock->env->clock, &clock->lf_step);
    clock_cancel(clock->env->clock, &clock->calibrated);
    clock_cancel(clock->env->clock, &clock->timer_expired);
}

void clock_control_init(struct clock_control *clock, const struct device_env *env,
                        struct nrf_events *events, struct clock_control_state *state,
                        const int32_t *faults)
{
    clock->env = env;
    clock->events = events;
    clock->state = state;
    clock->faults = faults;
    lf_clock_drive(&env->nets->lf, &state->lf);
    env->nets->hfxo = &state->hfclk_running;
    event_init(&clock->hf_started, hf_started, clock);
    event_init(&clock->lf_step, lf_step, clock);
    event_init(&clock->calibrated, calibrated, clock);
    event_init(&clock->timer_expired, timer_expired, clock);
}

void clock_control_update(struct clock_control *clock)
{
    update_lf(clock);
}
