/* SysTick to the cycle, judged by a counter that is stepped cycle by cycle; and CYCCNT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/armv7m/dwt.h"
#include "peripherals/armv7m/systick.h"

#define CSR       0x010U
#define RVR       0x014U
#define CVR       0x018U
#define ENABLE    1U
#define TICKINT   2U
#define CLKSOURCE 4U
#define COUNTFLAG (1U << 16)

struct world {
    struct clock clock;
    struct diag diag;
    struct systick systick;
    uint32_t ticks;
    uint64_t last_tick;
};

static void on_tick(void *context)
{
    struct world *w = context;
    w->ticks++;
    w->last_tick = clock_now(&w->clock);
}

static void set_up(struct world *w)
{
    *w = (struct world){0};
    clock_init(&w->clock, 64000000);
    systick_init(&w->systick,
                 &(struct systick_config){
                     .clock = &w->clock, .diag = &w->diag, .expired = on_tick, .context = w});
}

static uint32_t get(struct world *w, uint32_t offset)
{
    uint32_t value;
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(systick_read(&w->systick, access, &value), BUS_OK);
    return value;
}

static void put(struct world *w, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(systick_write(&w->systick, access, value), BUS_OK);
}

/* Steps from event to event up to a cycle, as the machine does. */
static void run_to(struct world *w, uint64_t cycle)
{
    while (clock_next_due(&w->clock) <= cycle) {
        clock_set_now(&w->clock, clock_next_due(&w->clock));
        clock_fire_due(&w->clock);
    }
    clock_set_now(&w->clock, cycle);
}

static void fires_at_the_exact_cycle(void **state)
{
    (void)state;
    struct world w;
    set_up(&w);
    run_to(&w, 1000);
    put(&w, RVR, 99);
    put(&w, CVR, 0);
    put(&w, CSR, ENABLE | TICKINT);
    run_to(&w, 1099);
    assert_int_equal(get(&w, CVR), 1);
    assert_int_equal(w.ticks, 0);
    run_to(&w, 1100); /* one cycle to load, 99 to count */
    assert_int_equal(w.ticks, 1);
    assert_int_equal(w.last_tick, 1100);
    assert_int_equal(get(&w, CVR), 0);
    run_to(&w, 1101);
    assert_int_equal(get(&w, CVR), 99);
    run_to(&w, 1000 + 100 * 1000);
    assert_int_equal(w.ticks, 1000);
    assert_int_equal(w.last_tick, 101000); /* no drift */
}

/* The naive counter of the manual's text. */
struct naive {
    uint32_t value, reload;
    bool enabled, countflag;
    uint32_t ticks;
    bool tickint;
};

static void naive_step(struct naive *n)
{
    if (!n->enabled) {
        return;
    }
    if (n->value == 0) {
        n->value = n->reload;
        return;
    }
    if (--n->value == 0) {
        n->countflag = true;
        n->ticks += n->tickint ? 1 : 0;
    }
}

static void naive_write(struct naive *n, uint32_t offset, uint32_t value)
{
    if (offset == CSR) {
        n->enabled = (value & ENABLE) != 0;
        n->tickint = (value & TICKINT) != 0;
    } else if (offset == RVR) {
        n->reload = value;
    } else {
        n->value = 0;
        n->countflag = false;
    }
}

static uint32_t naive_read_csr(struct naive *n)
{
    uint32_t value = CLKSOURCE | (n->enabled ? ENABLE : 0) | (n->tickint ? TICKINT : 0) |
                     (n->countflag ? COUNTFLAG : 0);
    n->countflag = false;
    return value;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* Random register traffic, each observation compared with the naive counter. */
static void agrees_with_a_naive_counter(void **state)
{
    (void)state;
    struct world w;
    struct naive n = {0};
    uint32_t seed = 1;
    set_up(&w);
    uint64_t cycle = 0;
    for (uint32_t round = 0; round < 50000; round++) {
        uint32_t wait = next_random(&seed) % 40;
        for (uint32_t i = 0; i < wait; i++) {
            naive_step(&n);
        }
        cycle += wait;
        run_to(&w, cycle);
        uint32_t what = next_random(&seed) % 8;
        uint32_t value = next_random(&seed);
        if (what == 0) {
            put(&w, CSR, value & 3);
            naive_write(&n, CSR, value & 3);
        } else if (what == 1) {
            put(&w, RVR, value % 30);
            naive_write(&n, RVR, value % 30);
        } else if (what == 2) {
            put(&w, CVR, value);
            naive_write(&n, CVR, value);
        } else if (what < 5) {
            assert_int_equal(get(&w, CSR), naive_read_csr(&n));
        } else {
            assert_int_equal(get(&w, CVR), n.value);
        }
        assert_int_equal(w.ticks, n.ticks);
    }
    assert_true(n.ticks > 1000);
}

/* A device access may come before the machine fires the event that is due in that very cycle. */
static void a_read_in_the_cycle_of_zero_sees_the_flag(void **state)
{
    (void)state;
    struct world w;
    set_up(&w);
    put(&w, RVR, 9);
    put(&w, CSR, ENABLE | TICKINT);
    clock_set_now(&w.clock, 10);
    assert_int_equal(get(&w, CSR), CLKSOURCE | ENABLE | TICKINT | COUNTFLAG);
    assert_int_equal(w.ticks, 1);
    assert_int_equal(get(&w, CSR), CLKSOURCE | ENABLE | TICKINT); /* read once */
    clock_fire_due(&w.clock);
    assert_int_equal(w.ticks, 1); /* not a second time */
}

static void peek_has_no_side_effect(void **state)
{
    (void)state;
    struct world w;
    set_up(&w);
    put(&w, RVR, 9);
    put(&w, CSR, ENABLE);
    run_to(&w, 15);
    assert_int_equal(systick_peek(&w.systick, CSR), CLKSOURCE | ENABLE | COUNTFLAG);
    assert_int_equal(get(&w, CSR), CLKSOURCE | ENABLE | COUNTFLAG);
    assert_int_equal(systick_peek(&w.systick, CSR), CLKSOURCE | ENABLE);
}

static void no_event_without_tickint(void **state)
{
    (void)state;
    struct world w;
    set_up(&w);
    put(&w, RVR, 9);
    put(&w, CSR, ENABLE);
    assert_true(clock_next_due(&w.clock) == CLOCK_NEVER);
    put(&w, CSR, ENABLE | TICKINT);
    assert_int_equal(clock_next_due(&w.clock), 10);
    put(&w, CSR, 0);
    assert_true(clock_next_due(&w.clock) == CLOCK_NEVER);
    systick_reset(&w.systick);
    assert_int_equal(get(&w, CSR), CLKSOURCE);
}

static void cyccnt_counts_while_enabled(void **state)
{
    (void)state;
    struct clock clock;
    struct diag diag = {0};
    struct nvic nvic;
    struct dwt dwt;
    clock_init(&clock, 64000000);
    nvic_init(&nvic, &(struct nvic_config){.irq_count = 1, .priority_bits = 3, .diag = &diag});
    dwt_init(&dwt, &(struct dwt_config){.clock = &clock, .diag = &diag, .nvic = &nvic});
    struct bus_access ctrl = {.offset = 0, .size_bytes = 4, .privileged = true};
    struct bus_access cyccnt = {.offset = 4, .size_bytes = 4, .privileged = true};
    struct bus_access demcr = {.offset = 0xDFC, .size_bytes = 4, .privileged = true};
    clock_set_now(&clock, 10);
    (void)dwt_write(&dwt, ctrl, 1); /* the unit is off */
    (void)dwt_debug_write(&dwt, demcr, 1U << 24);
    clock_set_now(&clock, 100);
    assert_int_equal(dwt_peek(&dwt, 4), 0);
    (void)dwt_write(&dwt, ctrl, 1);
    clock_set_now(&clock, 150);
    assert_int_equal(dwt_peek(&dwt, 4), 50);
    (void)dwt_write(&dwt, cyccnt, 0xFFFFFFF0U);
    clock_set_now(&clock, 170);
    assert_int_equal(dwt_peek(&dwt, 4), 4); /* wraps */
    (void)dwt_write(&dwt, ctrl, 0);
    clock_set_now(&clock, 1000);
    assert_int_equal(dwt_peek(&dwt, 4), 4);
    (void)dwt_write(&dwt, ctrl, 1);
    clock_set_now(&clock, 1001);
    (void)dwt_debug_write(&dwt, demcr, 0); /* TRCENA off stops it too */
    clock_set_now(&clock, 2000);
    assert_int_equal(dwt_peek(&dwt, 4), 5);
    dwt_reset(&dwt);
    assert_int_equal(dwt_peek(&dwt, 4), 0);
    struct bus_access comparator = {.offset = 0x20, .size_bytes = 4, .privileged = true};
    struct bus_access cpicnt = {.offset = 0x08, .size_bytes = 4, .privileged = true};
    (void)dwt_debug_write(&dwt, demcr, 1U << 24);
    (void)dwt_write(&dwt, comparator, 1);
    assert_int_equal(diag.count[DIAG_UNIMPLEMENTED], 0);
    (void)dwt_write(&dwt, cpicnt, 1);
    assert_int_equal(diag.count[DIAG_UNIMPLEMENTED], 1);
}

static void demcr_holds_the_debug_monitor(void **state)
{
    (void)state;
    struct clock clock;
    struct diag diag = {0};
    struct nvic nvic;
    struct dwt dwt;
    clock_init(&clock, 64000000);
    nvic_init(&nvic, &(struct nvic_config){.irq_count = 1, .priority_bits = 3, .diag = &diag});
    dwt_init(&dwt, &(struct dwt_config){.clock = &clock, .diag = &diag, .nvic = &nvic});
    struct bus_access demcr = {.offset = 0xDFC, .size_bytes = 4, .privileged = true};
    (void)dwt_debug_write(&dwt, demcr, 3U << 16);
    assert_true(nvic_is_enabled(&nvic, 12));
    assert_true(nvic_is_pending(&nvic, 12));
    assert_int_equal(dwt_debug_peek(&dwt, 0xDFC), 3U << 16);
    (void)dwt_debug_write(&dwt, demcr, 0);
    assert_false(nvic_is_enabled(&nvic, 12) || nvic_is_pending(&nvic, 12));
}

/* What it tells of itself, against when it then happens. */
static void tells_when_it_reaches_zero(void **state)
{
    (void)state;
    uint32_t chance = 1;
    for (uint32_t trial = 0; trial < 300; trial++) {
        struct world w;
        struct device_timer told;
        set_up(&w);
        assert_false(systick_timer(&w.systick, &told));
        chance = chance * 1664525U + 1013904223U;
        put(&w, RVR, chance >> 20);
        put(&w, CVR, 0);
        put(&w, CSR, ENABLE | (trial % 2 == 0 ? TICKINT : 0));
        run_to(&w, (chance >> 9) % 20000);
        bool counts = chance >> 20 != 0;
        assert_true(systick_timer(&w.systick, &told));
        assert_int_equal(told.due_cycles != CLOCK_NEVER, counts);
        if (!counts) {
            continue;
        }
        get(&w, CSR); /* clears COUNTFLAG */
        uint32_t before = w.ticks;
        run_to(&w, told.due_cycles - 1);
        assert_int_equal(w.ticks, before);
        assert_int_equal(get(&w, CSR) & COUNTFLAG, 0);
        run_to(&w, told.due_cycles);
        assert_int_equal(get(&w, CSR) & COUNTFLAG, COUNTFLAG);
        assert_int_equal(w.ticks, before + (trial % 2 == 0));
        assert_int_equal(told.due_cycles - told.begun_cycles, told.period_cycles);
        assert_string_equal(told.effect, trial % 2 == 0 ? "interrupt" : "sets COUNTFLAG");
        uint64_t period = told.period_cycles;
        uint64_t due = told.due_cycles;
        assert_true(systick_timer(&w.systick, &told));
        assert_int_equal(told.due_cycles, due + period);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_when_it_reaches_zero),
        cmocka_unit_test(fires_at_the_exact_cycle),
        cmocka_unit_test(agrees_with_a_naive_counter),
        cmocka_unit_test(a_read_in_the_cycle_of_zero_sees_the_flag),
        cmocka_unit_test(peek_has_no_side_effect),
        cmocka_unit_test(no_event_without_tickint),
        cmocka_unit_test(cyccnt_counts_while_enabled),
        cmocka_unit_test(demcr_holds_the_debug_monitor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
