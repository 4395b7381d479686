#include "sim/view/view_history.h"

#include <stdlib.h>
#include <string.h>

#define CHECKPOINT     1024U
#define FIRST_CAPACITY (1U << 14)
#define FINE_BUCKETS   (1U << (HISTORY_SPAN_SHIFT - HISTORY_FINE_SHIFT))
#define COARSE_BUCKETS (1U << (HISTORY_SPAN_SHIFT - HISTORY_COARSE_SHIFT))

/* ---- state ---- */

static bool is_on(const struct history_state *state, uint16_t lane)
{
    return state->running == lane || (state->on[lane / 64] >> (lane % 64) & 1U) != 0;
}

static void set_on(struct history_state *state, uint16_t lane, bool on)
{
    uint64_t bit = 1ULL << (lane % 64);
    state->on[lane / 64] = on ? state->on[lane / 64] | bit : state->on[lane / 64] & ~bit;
}

uint16_t view_history_lane_of(const struct view_event *event)
{
    switch ((enum view_lane_kind)event->lane) {
    case VIEW_LANE_KERNEL:
        return HISTORY_KERNEL;
    case VIEW_LANE_SLEEP:
        return HISTORY_SLEEP;
    case VIEW_LANE_PROCESS:
        return event->index < VIEW_NAMES_PROCESSES ? (uint16_t)(HISTORY_PROCESS + event->index)
                                                   : (uint16_t)HISTORY_NO_LANE;
    case VIEW_LANE_EXCEPTION:
        return event->index < VIEW_NAMES_EXCEPTIONS ? (uint16_t)(HISTORY_EXCEPTION + event->index)
                                                    : (uint16_t)HISTORY_NO_LANE;
    case VIEW_LANE_PIN:
        return event->index < VIEW_NAMES_PINS ? (uint16_t)(HISTORY_PIN + event->index)
                                              : (uint16_t)HISTORY_NO_LANE;
    case VIEW_LANE_KINDS:
        break;
    }
    return HISTORY_NO_LANE;
}

/* What a change does to the state: which lane goes off, which on. HISTORY_NO_LANE: none. */
struct change {
    uint16_t off, on;
};

static void note_call(struct history_state *state, const struct view_event *event, uint64_t number)
{
    if (event->lane != VIEW_LANE_PROCESS || event->index >= VIEW_NAMES_PROCESSES) {
        return;
    }
    if (event->kind == VIEW_EVENT_CALL) {
        state->call[event->index] = number + 1;
    } else if (event->kind == VIEW_EVENT_RUN || event->kind == VIEW_EVENT_START) {
        state->call[event->index] = 0;
    }
}

static struct change apply(struct history_state *state, const struct view_event *event,
                           uint64_t number)
{
    uint16_t lane = view_history_lane_of(event);
    struct change change = {HISTORY_NO_LANE, HISTORY_NO_LANE};
    if (lane == HISTORY_NO_LANE) {
        return change;
    }
    note_call(state, event, number);
    if (event->kind == VIEW_EVENT_RUN && state->running != lane) {
        change = (struct change){state->running, lane};
        state->running = lane;
    } else if (event->kind == VIEW_EVENT_BEGIN && !is_on(state, lane)) {
        change.on = lane;
        set_on(state, lane, true);
    } else if (event->kind == VIEW_EVENT_END && is_on(state, lane)) {
        change.off = lane;
        set_on(state, lane, false);
    }
    if (change.on != HISTORY_NO_LANE) {
        state->since[lane] = event->cycle;
    }
    return change;
}

/* ---- buckets ---- */

static bool has_buckets(struct history_lane *lane)
{
    if (lane->fine == NULL) {
        lane->fine = calloc(FINE_BUCKETS, sizeof *lane->fine);
        lane->coarse = calloc(COARSE_BUCKETS, sizeof *lane->coarse);
        if (lane->fine == NULL || lane->coarse == NULL) {
            free(lane->fine);
            free(lane->coarse);
            lane->fine = NULL;
            lane->coarse = NULL;
        }
    }
    return lane->fine != NULL;
}

static void clear_buckets(struct history_lane *lane, uint64_t from, uint64_t to)
{
    for (uint64_t i = from >> HISTORY_FINE_SHIFT; i < to >> HISTORY_FINE_SHIFT; i++) {
        lane->fine[(i + 1) % FINE_BUCKETS] = 0;
    }
    for (uint64_t i = from >> HISTORY_COARSE_SHIFT; i < to >> HISTORY_COARSE_SHIFT; i++) {
        lane->coarse[(i + 1) % COARSE_BUCKETS] = 0;
    }
}

/* Time goes on to `cycle`: the buckets that begin until then are empty, and lose what they held a
 * span ago. */
static void advance(struct view_history *history, uint64_t cycle)
{
    uint64_t from = history->now_cycles;
    if (cycle <= from) {
        return;
    }
    if (cycle - from > HISTORY_SPAN_CYCLES) {
        from = cycle - HISTORY_SPAN_CYCLES;
    }
    for (size_t i = 0; i < HISTORY_LANES; i++) {
        if (history->lanes[i].fine != NULL) {
            clear_buckets(&history->lanes[i], from, cycle);
        }
    }
    history->now_cycles = cycle;
    uint64_t kept = HISTORY_SPAN_CYCLES - (1ULL << HISTORY_COARSE_SHIFT);
    if (cycle > kept && history->begin_cycle < cycle - kept) {
        history->begin_cycle = cycle - kept;
    }
}

/* [begin, end) lies within the last span up to now. */
static void add_busy(struct history_lane *lane, uint64_t begin, uint64_t end)
{
    while (begin < end) {
        uint64_t edge = ((begin >> HISTORY_FINE_SHIFT) + 1) << HISTORY_FINE_SHIFT;
        uint64_t until = edge < end ? edge : end;
        uint32_t cycles = (uint32_t)(until - begin);
        uint16_t *fine = &lane->fine[(begin >> HISTORY_FINE_SHIFT) % FINE_BUCKETS];
        *fine = (uint16_t)(*fine + cycles);
        lane->coarse[(begin >> HISTORY_COARSE_SHIFT) % COARSE_BUCKETS] += cycles;
        begin = until;
    }
}

/* Accounts for a lane that is on, up to now. */
static void settle_lane(struct view_history *history, uint16_t number)
{
    struct history_lane *lane = &history->lanes[number];
    uint64_t begin = lane->on_since > history->begin_cycle ? lane->on_since : history->begin_cycle;
    lane->on_since = history->now_cycles;
    if (has_buckets(lane)) {
        add_busy(lane, begin, history->now_cycles);
    }
}

static void settle_all(struct view_history *history)
{
    for (uint16_t i = 0; i < HISTORY_LANES; i++) {
        if (is_on(&history->state, i)) {
            settle_lane(history, i);
        }
    }
}

/* ---- events ---- */

const struct view_event *view_history_event(const struct view_history *history, uint64_t number)
{
    return &history->events[number & (history->capacity - 1)];
}

/* Room for one more: the ring grows, then forgets its oldest. */
static bool has_room(struct view_history *history)
{
    if (history->end - history->first < history->capacity) {
        return true;
    }
    if (history->capacity < HISTORY_EVENTS_MAX && history->first == 0) {
        uint32_t capacity = history->capacity == 0 ? FIRST_CAPACITY : 2 * history->capacity;
        void *events = realloc(history->events, capacity * sizeof *history->events);
        history->events = events != NULL ? events : history->events;
        void *checkpoints =
            realloc(history->checkpoints, capacity / CHECKPOINT * sizeof *history->checkpoints);
        history->checkpoints = checkpoints != NULL ? checkpoints : history->checkpoints;
        if (events != NULL && checkpoints != NULL) {
            history->capacity = capacity;
            return true;
        }
    }
    history->first += CHECKPOINT; /* so that the oldest event always has its checkpoint */
    return history->capacity != 0;
}

static void keep_event(struct view_history *history, const struct view_event *event)
{
    if (!has_room(history)) {
        history->first = history->end;
        return;
    }
    uint32_t at = (uint32_t)(history->end & (history->capacity - 1));
    if (at % CHECKPOINT == 0) {
        history->checkpoints[at / CHECKPOINT] = history->state;
    }
    history->events[at] = *event;
    history->end++;
    if (event->kind == VIEW_EVENT_FAULT || event->kind == VIEW_EVENT_START ||
        event->kind == VIEW_EVENT_RESET) {
        history->marks[history->mark_count++ % HISTORY_MARKS_MAX] = *event;
    }
}

static void switch_lanes(struct view_history *history, struct change change)
{
    if (change.off != HISTORY_NO_LANE) {
        settle_lane(history, change.off);
    }
    if (change.on != HISTORY_NO_LANE) {
        history->lanes[change.on].on_since = history->now_cycles;
    }
}

static void end_exceptions(struct view_history *history, const struct view_event *reset)
{
    for (uint16_t i = 0; i < VIEW_NAMES_EXCEPTIONS; i++) {
        const struct view_event end = {
            .cycle = reset->cycle, .lane = VIEW_LANE_EXCEPTION, .index = i, .kind = VIEW_EVENT_END};
        if (is_on(&history->state, (uint16_t)(HISTORY_EXCEPTION + i))) {
            keep_event(history, &end);
            switch_lanes(history, apply(&history->state, &end, history->end - 1));
        }
    }
}

static void take_event(struct view_history *history, const struct view_event *event)
{
    uint16_t lane = view_history_lane_of(event);
    if (lane == HISTORY_NO_LANE) {
        return;
    }
    advance(history, event->cycle);
    history->lanes[lane].seen = true;
    if (event->kind == VIEW_EVENT_RESET) {
        end_exceptions(history, event);
    }
    keep_event(history, event);
    switch_lanes(history, apply(&history->state, event, history->end - 1));
}

static void forget_events(struct view_history *history)
{
    history->first = 0;
    history->end = 0;
    history->state = (struct history_state){.running = HISTORY_NO_LANE};
}

/* Everything is forgotten but the memory. */
static void restart(struct view_history *history, uint64_t cycle)
{
    for (size_t i = 0; i < HISTORY_LANES; i++) {
        struct history_lane *lane = &history->lanes[i];
        lane->seen = false;
        if (lane->fine != NULL) {
            memset(lane->fine, 0, FINE_BUCKETS * sizeof *lane->fine);
            memset(lane->coarse, 0, COARSE_BUCKETS * sizeof *lane->coarse);
        }
    }
    forget_events(history);
    history->begin_cycle = cycle;
    history->now_cycles = cycle;
    history->gap_count = 0;
    history->mark_count = 0;
}

/* Nothing is known of the time up to `cycle`: every lane is off there, and the events before are of
 * no use to someone who walks on. */
static void note_gap(struct view_history *history, uint64_t cycle)
{
    const struct history_gap gap = {history->now_cycles, cycle};
    settle_all(history);
    if (history->end > history->first && cycle > history->now_cycles) {
        history->gaps[history->gap_count++ % HISTORY_GAPS_MAX] = gap;
    }
    advance(history, cycle);
    forget_events(history);
}

/* How things are from here on. Pins that are high have not changed: their lanes stay unseen. */
static void take_state(struct view_history *history, const struct view_event *event)
{
    keep_event(history, event);
    struct change change = apply(&history->state, event, history->end - 1);
    if (change.on != HISTORY_NO_LANE) {
        history->lanes[change.on].on_since = history->now_cycles;
        if (change.on < HISTORY_PIN) {
            history->lanes[change.on].seen = true;
        }
    }
}

void view_history_take(struct view_history *history, const struct view_timeline *timeline,
                       uint64_t now_cycles)
{
    size_t i = 0;
    bool begins = history->now_cycles == 0 && history->end == 0;
    uint64_t from = timeline->count > 0 ? timeline->events[0].cycle : now_cycles;
    if (begins || from < history->now_cycles) {
        restart(history, from);
        begins = true;
    }
    if (timeline->count > 0 && timeline->events[0].kind == VIEW_EVENT_SYNC &&
        (begins || timeline->lost > 0)) {
        size_t states = timeline->events[0].value[0];
        note_gap(history, from);
        for (i = 1; i < timeline->count && i <= states; i++) {
            take_state(history, &timeline->events[i]);
        }
    }
    for (; i < timeline->count; i++) {
        const struct view_event *event = &timeline->events[i];
        if (event->kind == VIEW_EVENT_SYNC) {
            i += event->value[0];
        } else if (event->cycle >= history->now_cycles) {
            take_event(history, event);
        }
    }
    advance(history, now_cycles);
    settle_all(history);
}

void view_history_free(struct view_history *history)
{
    for (size_t i = 0; i < HISTORY_LANES; i++) {
        free(history->lanes[i].fine);
        free(history->lanes[i].coarse);
    }
    free(history->events);
    free(history->checkpoints);
    *history = (struct view_history){0};
}

/* ---- looking ---- */

uint64_t view_history_find(const struct view_history *history, uint64_t cycle)
{
    uint64_t low = history->first;
    uint64_t high = history->end;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (view_history_event(history, middle)->cycle < cycle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

uint64_t view_history_events_begin(const struct view_history *history)
{
    return history->first == history->end ? history->now_cycles
                                          : view_history_event(history, history->first)->cycle;
}

/* The state before event `number`. */
static struct history_state state_before(const struct view_history *history, uint64_t number)
{
    uint64_t at = number / CHECKPOINT * CHECKPOINT;
    if (history->first == history->end) {
        return history->state;
    }
    if (at == history->end) {
        return history->state;
    }
    struct history_state state = history->checkpoints[(at & (history->capacity - 1)) / CHECKPOINT];
    for (; at < number; at++) {
        (void)apply(&state, view_history_event(history, at), at);
    }
    return state;
}

struct walk {
    const struct history_walk *walk;
    uint64_t begin;
    uint64_t since[HISTORY_LANES];
};

static void tell_stretch(const struct walk *w, uint16_t lane, uint64_t end)
{
    uint64_t begin = w->since[lane] > w->begin ? w->since[lane] : w->begin;
    if (begin < end) {
        w->walk->stretch(w->walk->context, lane, begin, end);
    }
}

void view_history_walk(const struct view_history *history, uint64_t begin, uint64_t end,
                       const struct history_walk *walk)
{
    struct walk w = {.walk = walk, .begin = view_history_events_begin(history)};
    w.begin = begin > w.begin ? begin : w.begin;
    end = end < history->now_cycles ? end : history->now_cycles;
    uint64_t number = view_history_find(history, w.begin);
    struct history_state state = state_before(history, number);
    for (; number < history->end; number++) {
        const struct view_event *event = view_history_event(history, number);
        if (event->cycle >= end) {
            break;
        }
        struct change change = apply(&state, event, number);
        if (change.off != HISTORY_NO_LANE) {
            tell_stretch(&w, change.off, event->cycle);
        }
        if (change.on != HISTORY_NO_LANE) {
            w.since[change.on] = event->cycle;
        }
        if (walk->event != NULL) {
            walk->event(walk->context, number, event);
        }
    }
    for (uint16_t i = 0; i < HISTORY_LANES; i++) {
        if (is_on(&state, i)) {
            tell_stretch(&w, i, end);
        }
    }
}

static uint64_t sum_fine(const struct history_lane *lane, uint64_t from, uint64_t to)
{
    uint64_t sum = 0;
    for (uint64_t i = from; i < to; i++) {
        sum += lane->fine[i % FINE_BUCKETS];
    }
    return sum;
}

static uint64_t sum_coarse(const struct history_lane *lane, uint64_t from, uint64_t to)
{
    uint64_t sum = 0;
    for (uint64_t i = from; i < to; i++) {
        sum += lane->coarse[i % COARSE_BUCKETS];
    }
    return sum;
}

uint64_t view_history_busy(const struct view_history *history, uint16_t lane, uint64_t begin,
                           uint64_t end, bool coarse)
{
    uint32_t shift = coarse ? HISTORY_COARSE_SHIFT : HISTORY_FINE_SHIFT;
    uint64_t round = (1ULL << shift) - 1;
    const struct history_lane *found = &history->lanes[lane];
    uint64_t first = history->begin_cycle & ~round; /* the first bucket may be known in part */
    uint64_t last = history->now_cycles + 1;
    begin = begin > first ? begin : first;
    end = end < last ? end : last;
    if (found->fine == NULL || begin >= end) {
        return 0;
    }
    uint64_t from = (begin + round) >> shift;
    uint64_t to = (end + round) >> shift;
    return coarse ? sum_coarse(found, from, to) : sum_fine(found, from, to);
}

bool view_history_stretch(const struct view_history *history, uint16_t lane, uint64_t cycle,
                          uint64_t *begin, uint64_t *end)
{
    uint64_t number = view_history_find(history, cycle + 1);
    if (cycle < view_history_events_begin(history) || cycle >= history->now_cycles) {
        return false;
    }
    struct history_state state = state_before(history, number);
    if (!is_on(&state, lane)) {
        return false;
    }
    *begin = state.since[lane];
    *end = history->now_cycles;
    if (is_on(&history->state, lane) && history->state.since[lane] == *begin) {
        return true; /* it goes on */
    }
    for (uint64_t n = number; n < history->end && is_on(&state, lane); n++) {
        *end = view_history_event(history, n)->cycle;
        (void)apply(&state, view_history_event(history, n), n);
    }
    return true;
}

bool view_history_call(const struct view_history *history, uint16_t process, uint64_t cycle,
                       uint64_t *number)
{
    if (process >= VIEW_NAMES_PROCESSES || cycle < view_history_events_begin(history)) {
        return false;
    }
    struct history_state state = state_before(history, view_history_find(history, cycle + 1));
    uint64_t call = state.call[process];
    *number = call - 1;
    return call != 0 && *number >= history->first;
}

bool view_history_next(const struct view_history *history, uint16_t lane, uint64_t cycle,
                       uint64_t *number)
{
    for (uint64_t n = view_history_find(history, cycle + 1); n < history->end; n++) {
        if (view_history_lane_of(view_history_event(history, n)) == lane) {
            *number = n;
            return true;
        }
    }
    return false;
}

bool view_history_previous(const struct view_history *history, uint16_t lane, uint64_t cycle,
                           uint64_t *number)
{
    for (uint64_t n = view_history_find(history, cycle); n > history->first; n--) {
        if (view_history_lane_of(view_history_event(history, n - 1)) == lane) {
            *number = n - 1;
            return true;
        }
    }
    return false;
}

bool view_history_return(const struct view_history *history, uint64_t call, uint64_t *number)
{
    uint16_t lane = view_history_lane_of(view_history_event(history, call));
    for (uint64_t n = call + 1; n < history->end; n++) {
        const struct view_event *event = view_history_event(history, n);
        if (event->kind == VIEW_EVENT_RUN && view_history_lane_of(event) == lane) {
            *number = n;
            return true;
        }
    }
    return false;
}
