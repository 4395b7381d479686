/* The history of the timeline: busy cycles of every lane against a naive account, cycle by cycle;
 * losses, forgetting, and events that cannot be. */
#include "sim/view/view_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FINE  (1ULL << HISTORY_FINE_SHIFT)
#define WHOLE (1U << 21) /* cycles that the naive account has */

static uint32_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * 1664525U + 1013904223U;
    return (chance_state >> 8) % below;
}

/* For each cycle, who has the core; and whether one exception and one pin are on. */
struct naive {
    uint8_t running[WHOLE], exception[WHOLE], pin[WHOLE];
};

struct world {
    struct view_history history;
    struct view_timeline *timeline;
    struct naive *naive;
    uint64_t now;
    uint8_t running, exception, pin;
};

static void open_world(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->timeline = calloc(1, sizeof *w->timeline);
    w->naive = calloc(1, sizeof *w->naive);
    assert_non_null(w->timeline);
    assert_non_null(w->naive);
}

static void close_world(struct world *w)
{
    view_history_free(&w->history);
    free(w->timeline);
    free(w->naive);
}

static void put(struct world *w, enum view_event_kind kind, enum view_lane_kind lane,
                uint32_t index)
{
    struct view_event *event = &w->timeline->events[w->timeline->count++];
    *event = (struct view_event){
        .cycle = w->now, .index = (uint16_t)index, .lane = (uint8_t)lane, .kind = (uint8_t)kind};
}

static void put_run(struct world *w, uint8_t lane)
{
    w->running = lane;
    if (lane < HISTORY_PROCESS) {
        put(w, VIEW_EVENT_RUN, lane == HISTORY_KERNEL ? VIEW_LANE_KERNEL : VIEW_LANE_SLEEP, 0);
    } else {
        put(w, VIEW_EVENT_RUN, VIEW_LANE_PROCESS, (uint32_t)lane - HISTORY_PROCESS);
    }
}

static void begin(struct world *w)
{
    put(w, VIEW_EVENT_SYNC, VIEW_LANE_KERNEL, 0);
    w->timeline->events[0].value[0] = 1;
    put_run(w, HISTORY_KERNEL);
}

static void take(struct world *w)
{
    view_history_take(&w->history, w->timeline, w->now);
    w->timeline->count = 0;
    w->timeline->lost = 0;
}

static void pass(struct world *w, uint32_t cycles)
{
    for (uint32_t i = 0; i < cycles && w->now < WHOLE; i++, w->now++) {
        w->naive->running[w->now] = (uint8_t)(w->running + 1);
        w->naive->exception[w->now] = w->exception;
        w->naive->pin[w->now] = w->pin;
    }
}

/* A change by chance, then some time. */
static void step(struct world *w)
{
    switch (chance(4)) {
    case 0:
    case 1:
        put_run(w, (uint8_t)chance(5));
        break;
    case 2:
        w->exception = !w->exception;
        put(w, w->exception ? VIEW_EVENT_BEGIN : VIEW_EVENT_END, VIEW_LANE_EXCEPTION, 33);
        break;
    default:
        w->pin = !w->pin;
        put(w, w->pin ? VIEW_EVENT_BEGIN : VIEW_EVENT_END, VIEW_LANE_PIN, 17);
        break;
    }
    pass(w, chance(6) == 0 ? chance(9000) : 1 + chance(60));
}

static uint64_t naive_busy(const struct world *w, uint16_t lane, uint64_t from, uint64_t to)
{
    uint64_t sum = 0;
    for (uint64_t i = from; i < to && i < w->now; i++) {
        sum += lane == HISTORY_EXCEPTION + 33 ? w->naive->exception[i]
               : lane == HISTORY_PIN + 17     ? w->naive->pin[i]
                                              : w->naive->running[i] == lane + 1;
    }
    return sum;
}

static void run_world(struct world *w)
{
    begin(w);
    while (w->now < WHOLE) {
        step(w);
        if (chance(50) == 0 || w->timeline->count > VIEW_EVENTS_MAX - 4) {
            take(w);
        }
    }
    take(w);
}

static const uint16_t lanes[] = {0, 1, 2, 3, 4, HISTORY_EXCEPTION + 33, HISTORY_PIN + 17};

static void buckets_hold_exact_sums(void **state)
{
    struct world w;
    (void)state;
    chance_state = 1;
    open_world(&w);
    run_world(&w);
    assert_int_equal(w.history.begin_cycle, 0);
    for (size_t k = 0; k < sizeof lanes / sizeof lanes[0]; k++) {
        for (uint64_t from = 0; from < WHOLE; from += 37 * FINE) {
            uint64_t to = from + 16 * FINE;
            assert_int_equal(view_history_busy(&w.history, lanes[k], from, to, false),
                             naive_busy(&w, lanes[k], from, to));
        }
        for (uint64_t from = 0; from < WHOLE; from += 1U << HISTORY_COARSE_SHIFT) {
            uint64_t to = from + (1U << HISTORY_COARSE_SHIFT);
            assert_int_equal(view_history_busy(&w.history, lanes[k], from, to, true),
                             naive_busy(&w, lanes[k], from, to));
        }
    }
    close_world(&w);
}

struct sums {
    uint64_t busy[HISTORY_LANES];
    uint64_t begin, end, events;
};

static void add_stretch(void *context, uint16_t lane, uint64_t from, uint64_t to)
{
    struct sums *sums = context;
    assert_true(from >= sums->begin && to <= sums->end && from < to);
    sums->busy[lane] += to - from;
}

static void add_event(void *context, uint64_t number, const struct view_event *event)
{
    struct sums *sums = context;
    (void)number;
    assert_true(event->cycle >= sums->begin && event->cycle < sums->end);
    sums->events++;
}

static void walks_tell_every_stretch(void **state)
{
    struct world w;
    (void)state;
    chance_state = 2;
    open_world(&w);
    run_world(&w);
    for (uint32_t i = 0; i < 300; i++) {
        struct sums sums = {.begin = chance(WHOLE)};
        sums.end = sums.begin + chance(i % 2 == 0 ? 200 : 100000);
        const struct history_walk walk = {add_stretch, add_event, &sums};
        view_history_walk(&w.history, sums.begin, sums.end, &walk);
        for (size_t k = 0; k < sizeof lanes / sizeof lanes[0]; k++) {
            assert_int_equal(sums.busy[lanes[k]], naive_busy(&w, lanes[k], sums.begin, sums.end));
        }
        uint64_t last = sums.end < w.now ? sums.end : w.now;
        assert_int_equal(sums.events, view_history_find(&w.history, last) -
                                          view_history_find(&w.history, sums.begin));
    }
    close_world(&w);
}

static void stretches_are_found_whole(void **state)
{
    struct world w;
    (void)state;
    chance_state = 3;
    open_world(&w);
    run_world(&w);
    for (uint32_t i = 0; i < 2000; i++) {
        uint16_t lane = lanes[chance(7)];
        uint64_t at = chance(WHOLE);
        uint64_t from = 0;
        uint64_t to = 0;
        bool on = naive_busy(&w, lane, at, at + 1) != 0;
        assert_int_equal(view_history_stretch(&w.history, lane, at, &from, &to), on);
        if (on) {
            assert_true(from <= at && at < to);
            assert_int_equal(naive_busy(&w, lane, from, to), to - from);
            assert_true(from == 0 || naive_busy(&w, lane, from - 1, from) == 0);
            assert_true(to == WHOLE || naive_busy(&w, lane, to, to + 1) == 0);
        }
    }
    close_world(&w);
}

/* Far more than is kept: the newest stay, with the state that they need. */
static void the_oldest_are_forgotten(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    begin(&w);
    uint64_t turns = HISTORY_EVENTS_MAX + 300000;
    for (uint64_t i = 0; i < turns; i++) {
        w.now += 900;
        put_run(&w, i % 2 == 0 ? HISTORY_SLEEP : HISTORY_KERNEL);
        if (w.timeline->count == VIEW_EVENTS_MAX) {
            take(&w);
        }
        if (i == turns - 100) { /* not on in what is the oldest then */
            put(&w, VIEW_EVENT_BEGIN, VIEW_LANE_PIN, 5);
        }
    }
    take(&w);
    const struct view_history *history = &w.history;
    assert_in_range(history->end - history->first, HISTORY_EVENTS_MAX - 2048, HISTORY_EVENTS_MAX);
    assert_true(history->begin_cycle >= w.now - HISTORY_SPAN_CYCLES);
    uint64_t from = view_history_events_begin(history) + 1000;
    struct sums sums = {.begin = from, .end = w.now};
    const struct history_walk walk = {add_stretch, NULL, &sums};
    view_history_walk(history, sums.begin, sums.end, &walk);
    assert_int_equal(sums.busy[HISTORY_KERNEL] + sums.busy[HISTORY_SLEEP], w.now - from);
    assert_int_equal(sums.busy[HISTORY_PIN + 5], 99 * 900);
    close_world(&w);
}

static void a_loss_is_a_gap(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    begin(&w);
    w.now = 10 * FINE;
    put_run(&w, HISTORY_SLEEP);
    take(&w);
    w.now = 100 * FINE;
    begin(&w);
    w.timeline->lost = 5000;
    w.now = 120 * FINE;
    take(&w);
    assert_int_equal(w.history.gap_count, 1);
    assert_int_equal(w.history.gaps[0].begin, 10 * FINE);
    assert_int_equal(w.history.gaps[0].end, 100 * FINE);
    assert_int_equal(view_history_busy(&w.history, HISTORY_SLEEP, 0, 130 * FINE, false), 0);
    assert_int_equal(view_history_busy(&w.history, HISTORY_KERNEL, 0, 130 * FINE, false),
                     30 * FINE);
    /* A second account of how things are, where nothing was lost, changes nothing. */
    begin(&w);
    w.now = 125 * FINE;
    take(&w);
    assert_int_equal(w.history.gap_count, 1);
    assert_int_equal(view_history_busy(&w.history, HISTORY_KERNEL, 0, 130 * FINE, false),
                     35 * FINE);
    close_world(&w);
}

static void a_reset_ends_exceptions_and_time_may_go_back(void **state)
{
    struct world w;
    (void)state;
    open_world(&w);
    begin(&w);
    w.now = FINE;
    put(&w, VIEW_EVENT_BEGIN, VIEW_LANE_EXCEPTION, 11);
    w.now = 3 * FINE;
    put(&w, VIEW_EVENT_RESET, VIEW_LANE_KERNEL, 0);
    w.now = 9 * FINE;
    take(&w);
    assert_int_equal(view_history_busy(&w.history, HISTORY_EXCEPTION + 11, 0, 9 * FINE, false),
                     2 * FINE);
    assert_int_equal(w.history.mark_count, 1);
    w.now = FINE; /* a snapshot is restored */
    put_run(&w, HISTORY_SLEEP);
    w.now = 2 * FINE;
    take(&w);
    assert_int_equal(w.history.begin_cycle, FINE);
    assert_int_equal(w.history.mark_count, 0);
    assert_int_equal(view_history_busy(&w.history, HISTORY_SLEEP, 0, 9 * FINE, false), FINE);
    close_world(&w);
}

/* Also across thousands of events of others, and after the call itself is forgotten. */
static void open_calls_are_known(void **state)
{
    struct world w;
    uint64_t number = 0;
    (void)state;
    open_world(&w);
    begin(&w);
    w.now = 100;
    put_run(&w, HISTORY_PROCESS);
    w.now = 200;
    put(&w, VIEW_EVENT_CALL, VIEW_LANE_PROCESS, 0);
    put_run(&w, HISTORY_KERNEL);
    for (uint32_t i = 0; i < 5000; i++) {
        w.now += 10;
        put_run(&w, i % 2 == 0 ? HISTORY_SLEEP : HISTORY_KERNEL);
    }
    w.now = 60000;
    put_run(&w, HISTORY_PROCESS);
    w.now = 60100;
    take(&w);
    assert_false(view_history_call(&w.history, 0, 199, &number));
    for (uint64_t cycle = 200; cycle < 60000; cycle += 997) {
        assert_true(view_history_call(&w.history, 0, cycle, &number));
        assert_int_equal(view_history_event(&w.history, number)->kind, VIEW_EVENT_CALL);
        assert_false(view_history_call(&w.history, 1, cycle, &number));
    }
    assert_false(view_history_call(&w.history, 0, 60000, &number));
    assert_false(view_history_call(&w.history, 60000, 300, &number));
    put(&w, VIEW_EVENT_CALL, VIEW_LANE_PROCESS, 0);
    for (uint32_t i = 0; i < HISTORY_EVENTS_MAX + 5000; i++) {
        w.now += 10;
        put_run(&w, i % 2 == 0 ? HISTORY_SLEEP : HISTORY_KERNEL);
        if (w.timeline->count == VIEW_EVENTS_MAX) {
            take(&w);
        }
    }
    take(&w);
    assert_false(view_history_call(&w.history, 0, w.now, &number));
    close_world(&w);
}

struct told {
    size_t stretches, events;
    uint16_t lane;
    uint64_t begin, end;
};

static void tell_stretch(void *context, uint16_t lane, uint64_t begin_cycle, uint64_t end)
{
    struct told *told = context;
    *told = (struct told){told->stretches + 1, told->events, lane, begin_cycle, end};
}

static void tell_event(void *context, uint64_t number, const struct view_event *event)
{
    struct told *told = context;
    (void)number;
    (void)event;
    told->events++;
}

/* After each number of events, those at which the state is kept included: what goes on is known,
 * and an end belongs to what follows. */
static void edges_belong_to_what_follows(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    begin(&w);
    w.timeline->events[0].value[0] = 2;
    put(&w, VIEW_EVENT_BEGIN, VIEW_LANE_PIN, 0); /* high from the first on, not since */
    take(&w);
    assert_false(w.history.lanes[HISTORY_PIN].seen);
    for (uint32_t i = 0; i < 2100; i++) {
        struct told told = {0};
        const struct history_walk walk = {
            .stretch = tell_stretch, .event = tell_event, .context = &told};
        uint64_t from = 0, to = 0;
        w.now += 10;
        put_run(&w, i % 2 == 0 ? HISTORY_SLEEP : HISTORY_KERNEL);
        take(&w);
        view_history_walk(&w.history, w.now - 5, w.now, &walk);
        assert_int_equal(told.events, 0); /* the one at the end is not in it */
        assert_false(view_history_stretch(&w.history, w.running, w.now, &from, &to));
        w.now += 10;
        take(&w);
        view_history_walk(&w.history, w.now - 5, w.now, &walk);
        assert_int_equal(told.events, 0);
        assert_true(view_history_stretch(&w.history, w.running, w.now - 5, &from, &to));
        assert_int_equal(from, w.now - 10);
        assert_int_equal(to, w.now);
    }
    close_world(&w);
}

static void nonsense_is_borne(void **state)
{
    struct world w;
    (void)state;
    chance_state = 9;
    open_world(&w);
    for (uint32_t i = 0; i < 200; i++) {
        w.timeline->count = chance(300);
        w.timeline->lost = chance(3);
        for (size_t k = 0; k < w.timeline->count; k++) {
            struct view_event *event = &w.timeline->events[k];
            *event = (struct view_event){.cycle = ((uint64_t)chance(1U << 24) << chance(40)),
                                         .value = {chance(1U << 24)},
                                         .index = (uint16_t)chance(1U << 16),
                                         .lane = (uint8_t)chance(chance(2) == 0 ? 6 : 256),
                                         .kind = (uint8_t)chance(chance(2) == 0 ? 10 : 256)};
            event->index = chance(2) == 0 ? event->index % 16 : event->index;
        }
        view_history_take(&w.history, w.timeline, (uint64_t)chance(1U << 24) << chance(40));
        struct sums sums = {.begin = 0, .end = UINT64_MAX};
        const struct history_walk walk = {add_stretch, add_event, &sums};
        view_history_walk(&w.history, 0, UINT64_MAX, &walk);
        uint64_t from = 0;
        uint64_t to = 0;
        uint64_t number = 0;
        uint16_t lane = (uint16_t)chance(HISTORY_LANES);
        (void)view_history_stretch(&w.history, lane, chance(1U << 24), &from, &to);
        (void)view_history_next(&w.history, lane, chance(1U << 24), &number);
        (void)view_history_previous(&w.history, lane, UINT64_MAX - 1, &number);
        (void)view_history_busy(&w.history, lane, 0, UINT64_MAX >> 1, true);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_hold_exact_sums),
        cmocka_unit_test(walks_tell_every_stretch),
        cmocka_unit_test(stretches_are_found_whole),
        cmocka_unit_test(the_oldest_are_forgotten),
        cmocka_unit_test(a_loss_is_a_gap),
        cmocka_unit_test(a_reset_ends_exceptions_and_time_may_go_back),
        cmocka_unit_test(open_calls_are_known),
        cmocka_unit_test(edges_belong_to_what_follows),
        cmocka_unit_test(nonsense_is_borne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
