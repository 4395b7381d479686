#include "peripherals/iface/lf_clock.h"

#include <stddef.h>

#define PPM            1000000
#define FAR_AWAY_TICKS (1ULL << 48)

/* A tick takes cpu_hz / 32,768 cycles of the exact clock: as cycles per million of ticks, so that
 * ppm are integers too. 32,768 is 512 * 64, and a million is 64 * 15,625. */
static uint64_t cycles_per_million(const struct clock *clock)
{
    return (uint64_t)clock->cpu_hz / 512U * 15625U;
}

static uint64_t rate(const struct lf_state *state)
{
    return (uint64_t)(PPM + state->ppm);
}

void lf_clock_init(struct lf_clock *lf)
{
    *lf = (struct lf_clock){.always = {.running = 1}};
    lf->state = &lf->always;
}

void lf_clock_drive(struct lf_clock *lf, struct lf_state *state)
{
    lf->state = state;
}

uint64_t lf_clock_half_ticks(const struct lf_clock *lf, const struct clock *clock, uint64_t cycle)
{
    const struct lf_state *s = lf->state;
    uint64_t passed = cycle - s->start_cycle;
    return 2 * s->base_ticks +
           (s->running != 0 ? clock_scale_down(passed, 2 * rate(s), cycles_per_million(clock)) : 0);
}

uint64_t lf_clock_ticks(const struct lf_clock *lf, const struct clock *clock, uint64_t cycle)
{
    return lf_clock_half_ticks(lf, clock, cycle) / 2;
}

uint64_t lf_clock_cycle(const struct lf_clock *lf, const struct clock *clock, uint64_t ticks)
{
    const struct lf_state *s = lf->state;
    if (ticks <= s->base_ticks) {
        return s->start_cycle;
    }
    if (s->running == 0 || ticks - s->base_ticks > FAR_AWAY_TICKS) {
        return CLOCK_NEVER;
    }
    return s->start_cycle +
           clock_scale_up(ticks - s->base_ticks, cycles_per_million(clock), rate(s));
}

void lf_clock_set(struct lf_clock *lf, struct lf_state *state, const struct clock *clock,
                  bool running, int32_t ppm)
{
    uint64_t now = clock_now(clock);
    if ((state->running != 0) == running && state->ppm == ppm) {
        return;
    }
    state->base_ticks = lf_clock_ticks(lf, clock, now);
    state->start_cycle = now;
    state->running = running ? 1 : 0;
    state->ppm = ppm;
    for (struct lf_listener *l = lf->listeners; l != NULL; l = l->next) {
        l->changed(l->owner);
    }
}

void lf_clock_listen(struct lf_clock *lf, struct lf_listener *listener,
                     void (*changed)(void *owner), void *owner)
{
    struct lf_listener **link = &lf->listeners;
    *listener = (struct lf_listener){.changed = changed, .owner = owner};
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = listener;
}

bool lf_state_is_sane(const struct lf_state *state, uint64_t now_cycles)
{
    return state->start_cycle <= now_cycles && state->base_ticks <= FAR_AWAY_TICKS &&
           state->ppm >= -LF_CLOCK_PPM_MAX && state->ppm <= LF_CLOCK_PPM_MAX && state->running <= 1;
}
