#include "peripherals/armv7m/systick.h"

#include <stddef.h>

enum systick_register {
    SYST_CSR = 0x010,
    SYST_RVR = 0x014,
    SYST_CVR = 0x018,
    SYST_CALIB = 0x01C,
};

enum systick_csr_bits {
    CSR_ENABLE = 1 << 0,
    CSR_TICKINT = 1 << 1,
    CSR_CLKSOURCE = 1 << 2,
    CSR_COUNTFLAG = 1 << 16,
};

#define COUNTER_MASK 0x00FFFFFFU
#define CALIB_VALUE  0xC0000000U /* NOREF, SKEW, no 10 ms value */

static const char device_name[] = "systick";

/* Cycles from `since_cycle` to the first time that the counter goes from 1 to 0. CLOCK_NEVER: it
 * stays at 0. */
static uint64_t cycles_to_zero(const struct systick_state *state)
{
    if (state->value != 0) {
        return state->value;
    }
    return state->reload != 0 ? (uint64_t)state->reload + 1 : CLOCK_NEVER;
}

static uint32_t value_at(const struct systick_state *state, uint64_t now)
{
    if (!state->enabled) {
        return state->value;
    }
    uint64_t elapsed = now - state->since_cycle;
    if (elapsed <= state->value) {
        return state->value - (uint32_t)elapsed;
    }
    /* The cycle after 0 shows the reload value; with a reload value of 0 it stays at 0. */
    uint64_t phase = (elapsed - state->value - 1) % ((uint64_t)state->reload + 1);
    return state->reload - (uint32_t)phase;
}

static bool reached_zero(const struct systick_state *state, uint64_t now)
{
    uint64_t wait = cycles_to_zero(state);
    return state->enabled && wait != CLOCK_NEVER && now - state->since_cycle >= wait;
}

/* Brings the state up to now; every change of a register starts with it. */
static void catch_up(struct systick *systick)
{
    struct systick_state *state = &systick->state;
    uint64_t now = clock_now(systick->config.clock);
    bool zero = reached_zero(state, now);
    state->value = value_at(state, now);
    state->since_cycle = now;
    if (zero) {
        state->countflag = true;
        if (state->tickint && systick->config.expired != NULL) {
            systick->config.expired(systick->config.context);
        }
    }
}

static void plan_event(struct systick *systick)
{
    const struct systick_state *state = &systick->state;
    uint64_t wait = cycles_to_zero(state);
    if (state->enabled && state->tickint && wait != CLOCK_NEVER) {
        clock_schedule(systick->config.clock, &systick->zero, state->since_cycle + wait);
    } else {
        clock_cancel(systick->config.clock, &systick->zero);
    }
}

static void on_zero(void *owner, uint64_t late_cycles)
{
    (void)late_cycles; /* the state knows the time itself */
    struct systick *systick = owner;
    catch_up(systick);
    plan_event(systick);
}

static uint32_t control_value(const struct systick *systick, uint64_t now)
{
    const struct systick_state *state = &systick->state;
    uint32_t value = CSR_CLKSOURCE;
    value |= state->enabled ? CSR_ENABLE : 0;
    value |= state->tickint ? CSR_TICKINT : 0;
    value |= state->countflag || reached_zero(state, now) ? CSR_COUNTFLAG : 0;
    return value;
}

uint32_t systick_peek(const struct systick *systick, uint32_t offset)
{
    uint64_t now = clock_now(systick->config.clock);
    switch (offset & ~3U) {
    case SYST_CSR:
        return control_value(systick, now);
    case SYST_RVR:
        return systick->state.reload;
    case SYST_CVR:
        return value_at(&systick->state, now);
    case SYST_CALIB:
        return CALIB_VALUE;
    default:
        return 0;
    }
}

enum bus_result systick_read(struct systick *systick, struct bus_access access, uint32_t *value)
{
    if (access.size_bytes != 4) {
        diag_guest_error(systick->config.diag, device_name, access.offset,
                         "SysTick registers are words: narrow read gives 0");
        *value = 0;
        return BUS_OK;
    }
    *value = systick_peek(systick, access.offset);
    if (access.offset == SYST_CSR) {
        catch_up(systick);
        plan_event(systick);
        systick->state.countflag = false;
    }
    return BUS_OK;
}

enum bus_result systick_write(struct systick *systick, struct bus_access access, uint32_t value)
{
    if (access.size_bytes != 4) {
        diag_guest_error(systick->config.diag, device_name, access.offset,
                         "SysTick registers are words: narrow write ignored");
        return BUS_OK;
    }
    catch_up(systick);
    switch (access.offset) {
    case SYST_CSR:
        systick->state.enabled = (value & CSR_ENABLE) != 0;
        systick->state.tickint = (value & CSR_TICKINT) != 0;
        break;
    case SYST_RVR:
        systick->state.reload = value & COUNTER_MASK;
        break;
    case SYST_CVR:
        systick->state.value = 0;
        systick->state.countflag = false;
        break;
    default:
        diag_guest_error(systick->config.diag, device_name, access.offset,
                         "write to a read-only register");
        break;
    }
    plan_event(systick);
    return BUS_OK;
}

void systick_reset(struct systick *systick)
{
    systick->state = (struct systick_state){.since_cycle = clock_now(systick->config.clock)};
    clock_cancel(systick->config.clock, &systick->zero);
}

void systick_init(struct systick *systick, const struct systick_config *config)
{
    *systick = (struct systick){.config = *config};
    event_init(&systick->zero, on_zero, systick);
    systick_reset(systick);
}

bool systick_timer(const struct systick *systick, struct device_timer *timer)
{
    const struct systick_state *state = &systick->state;
    uint64_t now = clock_now(systick->config.clock);
    uint64_t period = (uint64_t)state->reload + 1;
    uint64_t wait = cycles_to_zero(state);
    if (!state->enabled) {
        return false;
    }
    *timer = (struct device_timer){.due_cycles = CLOCK_NEVER, .count = value_at(state, now)};
    device_timer_add_words(timer->label, sizeof timer->label, "reaches 0");
    device_timer_add_words(timer->effect, sizeof timer->effect,
                           state->tickint ? "interrupt" : "sets COUNTFLAG");
    if (wait == CLOCK_NEVER) {
        return true; /* RELOAD is 0: it stays at 0 */
    }
    uint64_t due = state->since_cycle + wait;
    if (due <= now && state->reload == 0) {
        return true;
    }
    if (due <= now) { /* nothing is queued without TICKINT: the state is as it was */
        due += ((now - due) / period + 1) * period;
    }
    timer->due_cycles = due;
    timer->period_cycles = state->reload == 0 ? 0 : period;
    timer->begun_cycles = due > period ? due - period : 0;
    return true;
}
