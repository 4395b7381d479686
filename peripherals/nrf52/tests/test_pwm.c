/* PWM: edges in their cycles, sequences from RAM, events, shortcuts, pins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/pwm.h"

/* Of the specification. */
#define STOP           0x004
#define SEQSTART(n)    (0x008 + 4 * (n))
#define NEXTSTEP       0x010
#define STOPPED        0x104
#define SEQSTARTED(n)  (0x108 + 4 * (n))
#define SEQEND(n)      (0x110 + 4 * (n))
#define PWMPERIODEND   0x118
#define LOOPSDONE      0x11C
#define SHORTS         0x200
#define INTENSET       0x304
#define ENABLE         0x500
#define MODE           0x504
#define COUNTERTOP     0x508
#define PRESCALER      0x50C
#define DECODER        0x510
#define LOOP           0x514
#define SEQ_PTR(n)     (0x520 + 0x20 * (n))
#define SEQ_CNT(n)     (0x524 + 0x20 * (n))
#define SEQ_REFRESH(n) (0x528 + 0x20 * (n))
#define SEQ_DELAY(n)   (0x52C + 0x20 * (n))
#define PSEL(n)        (0x560 + 4 * (n))

#define FALLING 0x8000U /* the period begins high */
#define TICK    4U      /* cycles of 1 / 16 MHz */
#define TOP     100U
#define PERIOD  (TOP * TICK)

struct edge {
    uint64_t cycles;
    uint32_t pin;
    enum wire_level level;
};

struct scope {
    struct bench *bench;
    struct wire_listener listeners[4];
    struct edge edges[256];
    uint32_t count;
};

static void edge_seen(void *owner, uint32_t pin, enum wire_level level)
{
    struct scope *scope = owner;
    if (scope->count < 256) {
        scope->edges[scope->count++] = (struct edge){clock_now(&scope->bench->clock), pin, level};
    }
}

static void put_values(struct bench *b, uint32_t offset, const uint16_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        b->ram[offset + 2 * i] = (uint8_t)(values[i] & 0xFFU);
        b->ram[offset + 2 * i + 1] = (uint8_t)(values[i] >> 8);
    }
}

static void set_sequence(struct bench *b, uint32_t n, const uint16_t *values, uint32_t count)
{
    put_values(b, 0x100 * (n + 1), values, count);
    bench_write(b, SEQ_PTR(n), BENCH_RAM_BASE + 0x100 * (n + 1));
    bench_write(b, SEQ_CNT(n), count);
    bench_write(b, SEQ_REFRESH(n), 0);
}

/* What it tells of the period that runs, against the events that then come. */
static void check_told_period(struct bench *b)
{
    struct device_timer told;
    assert_int_equal(nrf52_pwm_class.timers(b->device, &told, 1), 1);
    uint32_t before = bench_event_count(b, PWMPERIODEND);
    bench_run_to(b, told.due_cycles - 1);
    assert_int_equal(bench_event_count(b, PWMPERIODEND), before);
    bench_run_to(b, told.due_cycles);
    assert_int_equal(bench_event_count(b, PWMPERIODEND), before + 1);
    assert_int_equal(told.due_cycles - told.begun_cycles, told.period_cycles);
}

static int setup(void **state)
{
    struct scope *scope = test_calloc(1, sizeof *scope);
    struct bench *b = bench_new();
    scope->bench = b;
    *state = scope;
    if (bench_start(b, &nrf52_pwm_class, 0x4001C000) != NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < 4; i++) {
        wire_listen(&b->pins[10 + i].claim, &scope->listeners[i], edge_seen, scope, 10 + i);
    }
    bench_write(b, ENABLE, 1);
    bench_write(b, COUNTERTOP, TOP);
    bench_write(b, PSEL(0), 10);
    return 0;
}

static int teardown(void **state)
{
    struct scope *scope = *state;
    bench_free(scope->bench);
    test_free(scope);
    return 0;
}

/* The level of the first channel, sampled in the middle of each tick of a period. */
static uint32_t high_ticks(struct bench *b, uint32_t ticks, uint32_t prescaler, uint32_t *first)
{
    uint32_t high = 0;
    *first = UINT32_MAX;
    for (uint32_t i = 0; i < ticks; i++) {
        uint64_t start = clock_now(&b->clock);
        bench_run_to(b, start + (TICK << prescaler) / 2);
        if (b->pins[10].claim.level == WIRE_HIGH) {
            *first = high == 0 ? i : *first;
            high++;
        }
        bench_run_to(b, start + (TICK << prescaler));
    }
    return high;
}

static void the_wave_follows_value_polarity_and_mode(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    static const uint16_t compares[] = {0, 1, 37, 99, 100, 101, 0x7FFF};
    for (uint32_t mode = 0; mode < 2; mode++) {
        for (uint32_t prescaler = 0; prescaler < 8; prescaler += 7) {
            for (uint32_t i = 0; i < 2 * sizeof compares / sizeof compares[0]; i++) {
                bool falling = i % 2 != 0;
                uint16_t compare = compares[i / 2];
                uint32_t part = compare < TOP ? compare : TOP;
                uint16_t value = (uint16_t)(compare | (falling ? FALLING : 0));
                uint32_t first, ticks = TOP << mode;
                bench_write(b, MODE, mode);
                bench_write(b, PRESCALER, prescaler);
                set_sequence(b, 0, &value, 1);
                bench_write(b, SEQSTART(0), 1);
                uint32_t high = high_ticks(b, ticks, prescaler, &first);
                assert_int_equal(high, (falling ? part : TOP - part) << mode);
                if (!falling && high != 0) {
                    assert_int_equal(first, part);
                }
                bench_write(b, ENABLE, 0);
                bench_write(b, ENABLE, 1);
            }
        }
    }
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void edges_come_in_their_cycles(void **state)
{
    struct scope *scope = *state;
    struct bench *b = scope->bench;
    const uint16_t value = 30 | FALLING;
    set_sequence(b, 0, &value, 1);
    bench_run_to(b, 1000);
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, 1000 + 3 * PERIOD - 1);
    static const struct edge expected[] = {
        {1000, 10, WIRE_HIGH},      {1000 + 120, 10, WIRE_LOW},  {1000 + 400, 10, WIRE_HIGH},
        {1000 + 520, 10, WIRE_LOW}, {1000 + 800, 10, WIRE_HIGH}, {1000 + 920, 10, WIRE_LOW},
    };
    assert_int_equal(scope->count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(scope->edges[i].cycles, expected[i].cycles);
        assert_int_equal(scope->edges[i].level, expected[i].level);
    }
    assert_int_equal(bench_event_count(b, PWMPERIODEND), 2);
    assert_int_equal(bench_event_cycle(b, PWMPERIODEND), 1800);
    check_told_period(b);
}

static void each_load_mode_spreads_its_values(void **state)
{
    struct scope *scope = *state;
    struct bench *b = scope->bench;
    const uint16_t values[4] = {10 | FALLING, 20 | FALLING, 30 | FALLING, 50 | FALLING};
    static const uint32_t falls[3][4] = {{10, 10, 10, 10}, {10, 10, 20, 20}, {10, 20, 30, 50}};
    for (uint32_t i = 0; i < 4; i++) {
        bench_write(b, PSEL(i), 10 + i);
    }
    for (uint32_t load = 0; load < 4; load++) {
        set_sequence(b, 0, values, 4);
        bench_write(b, DECODER, load);
        uint64_t begin = clock_now(&b->clock) + 10;
        bench_run_to(b, begin);
        bench_write(b, SEQSTART(0), 1);
        scope->count = 0;
        bench_run_to(b, begin + PERIOD - 1);
        if (load == 3) { /* the fourth is COUNTERTOP; three channels */
            assert_int_equal(bench_event_count(b, PWMPERIODEND), 1);
            assert_int_equal(bench_event_cycle(b, PWMPERIODEND), begin + 50 * TICK);
            assert_int_equal(b->pins[13].claim.level, WIRE_FLOATING);
        }
        for (uint32_t i = 0; i < (load == 3 ? 3U : 4U); i++) {
            bool seen = false;
            for (uint32_t k = 0; k < scope->count; k++) {
                const struct edge *edge = &scope->edges[k];
                seen = seen || (edge->pin == 10 + i && edge->level == WIRE_LOW &&
                                edge->cycles == begin + TICK * falls[load == 3 ? 2 : load][i]);
            }
            assert_true(seen);
        }
        bench_write(b, ENABLE, 0);
        bench_write(b, ENABLE, 1);
    }
}

static void a_sequence_is_played_once(void **state)
{
    struct scope *scope = *state;
    struct bench *b = scope->bench;
    const uint16_t values[3] = {10 | FALLING, 20 | FALLING, 30 | FALLING};
    set_sequence(b, 0, values, 3);
    bench_write(b, SEQ_REFRESH(0), 2); /* three periods each */
    bench_write(b, INTENSET, 1U << 4); /* SEQEND0 */
    bench_write(b, SEQSTART(0), 1);
    assert_int_equal(bench_event_cycle(b, SEQSTARTED(0)), 0);
    assert_int_equal(bench_event_count(b, SEQSTARTED(0)), 1);
    bench_run_to(b, 6 * PERIOD - 1);
    assert_false(b->irq);
    bench_run_to(b, 6 * PERIOD); /* the last value is loaded */
    assert_true(b->irq);
    bench_run_to(b, 20 * PERIOD - 1);
    assert_int_equal(bench_event_count(b, SEQEND(0)), 1);
    assert_int_equal(bench_event_count(b, SEQSTARTED(1)), 0);
    assert_int_equal(bench_event_count(b, LOOPSDONE), 0);
    assert_int_equal(bench_event_count(b, PWMPERIODEND), 19); /* the last value goes on */
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t compare = i < 3 ? 10 : i < 6 ? 20 : 30;
        assert_int_equal(scope->edges[2 * i].cycles, i * PERIOD);
        assert_int_equal(scope->edges[2 * i + 1].cycles, i * PERIOD + compare * TICK);
    }
}

static void loops_play_both_sequences(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    const uint16_t values[2] = {10, 20};
    set_sequence(b, 0, values, 2);
    set_sequence(b, 1, values, 1);
    bench_write(b, SEQ_DELAY(0), 3); /* 2 + 3 periods, then 1 */
    bench_write(b, LOOP, 2);
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, 5 * PERIOD - 1);
    assert_int_equal(bench_event_cycle(b, SEQEND(0)), 1 * PERIOD);
    assert_int_equal(bench_event_count(b, SEQSTARTED(1)), 0);
    bench_run_to(b, 5 * PERIOD);
    assert_int_equal(bench_event_cycle(b, SEQSTARTED(1)), 5 * PERIOD);
    assert_int_equal(bench_event_cycle(b, SEQEND(1)), 5 * PERIOD);
    assert_int_equal(bench_event_count(b, LOOPSDONE), 0);
    bench_run_to(b, 30 * PERIOD);
    assert_int_equal(bench_event_cycle(b, SEQSTARTED(0)), 6 * PERIOD);
    assert_int_equal(bench_event_cycle(b, SEQSTARTED(1)), 11 * PERIOD);
    assert_int_equal(bench_event_count(b, LOOPSDONE), 1);
    assert_int_equal(bench_event_cycle(b, LOOPSDONE), 11 * PERIOD);
    assert_int_equal(bench_event_count(b, SEQEND(0)), 2);
    assert_int_equal(bench_event_count(b, SEQEND(1)), 2);
}

static void an_odd_number_of_sequences_begins_with_the_second(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    const uint16_t value = 10;
    set_sequence(b, 0, &value, 1);
    set_sequence(b, 1, &value, 1);
    bench_write(b, LOOP, 2);
    bench_write(b, SHORTS, 1U << 4); /* LOOPSDONE_STOP */
    bench_write(b, SEQSTART(1), 1);
    bench_run_to(b, 30 * PERIOD);
    assert_int_equal(bench_event_count(b, SEQSTARTED(0)), 1);
    assert_int_equal(bench_event_count(b, SEQSTARTED(1)), 2);
    assert_int_equal(bench_event_cycle(b, LOOPSDONE), 2 * PERIOD);
    assert_int_equal(bench_event_cycle(b, STOPPED), 3 * PERIOD);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void shortcuts_start_again(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    const uint16_t value = 10;
    set_sequence(b, 0, &value, 1);
    set_sequence(b, 1, &value, 1);
    bench_write(b, SEQ_REFRESH(1), 3); /* the last value keeps its four periods */
    bench_write(b, LOOP, 1);
    bench_write(b, SHORTS, 1U << 2); /* LOOPSDONE_SEQSTART0 */
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, 15 * PERIOD);
    assert_int_equal(bench_event_count(b, SEQSTARTED(0)), 4); /* 0, 5, 10, 15 */
    assert_int_equal(bench_event_cycle(b, SEQSTARTED(0)), 15 * PERIOD);
    assert_int_equal(bench_event_count(b, LOOPSDONE), 3);
}

static void stop_comes_at_the_end_of_the_period(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    const uint16_t value = 50 | FALLING;
    set_sequence(b, 0, &value, 1);
    bench_write(b, STOP, 1); /* of what does not run: at once */
    assert_int_equal(bench_event_count(b, STOPPED), 1);
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, PERIOD + 8);
    bench_write(b, STOP, 1);
    bench_run_to(b, 2 * PERIOD - 1);
    assert_int_equal(b->pins[10].claim.level, WIRE_LOW);
    assert_int_equal(bench_event_count(b, STOPPED), 1);
    bench_run_to(b, 2 * PERIOD);
    assert_int_equal(bench_event_count(b, STOPPED), 2);
    assert_int_equal(b->pins[10].claim.level, WIRE_FLOATING);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_write(b, SHORTS, 1); /* SEQEND0_STOP */
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, 3 * PERIOD);
    assert_int_equal(bench_event_cycle(b, STOPPED), 3 * PERIOD);
}

static void seqstart_while_running_takes_over_at_the_end_of_the_period(void **state)
{
    struct scope *scope = *state;
    struct bench *b = scope->bench;
    const uint16_t slow[2] = {10 | FALLING, 10 | FALLING}, other = 60 | FALLING;
    set_sequence(b, 0, slow, 2);
    set_sequence(b, 1, &other, 1);
    bench_write(b, SEQ_REFRESH(0), 1000);
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, PERIOD / 2);
    bench_write(b, SEQSTART(1), 1);
    bench_run_to(b, 2 * PERIOD - 1);
    assert_int_equal(bench_event_cycle(b, SEQSTARTED(1)), PERIOD);
    assert_int_equal(scope->edges[3].cycles, PERIOD + 60 * TICK);
    bench_write(b, STOP, 1);
    bench_write(b, SEQSTART(1), 1); /* again after STOPPED */
    bench_run_to(b, 2 * PERIOD);
    assert_int_equal(bench_event_count(b, STOPPED), 1);
    assert_int_equal(bench_event_count(b, SEQSTARTED(1)), 2);
}

static void next_step_is_asked_for(void **state)
{
    struct scope *scope = *state;
    struct bench *b = scope->bench;
    const uint16_t values[2] = {10 | FALLING, 20 | FALLING};
    set_sequence(b, 0, values, 2);
    bench_write(b, DECODER, 1U << 8);
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, 5 * PERIOD + 1);
    assert_int_equal(bench_event_count(b, SEQEND(0)), 0);
    bench_write(b, NEXTSTEP, 1);
    bench_run_to(b, 7 * PERIOD - 1);
    assert_int_equal(bench_event_cycle(b, SEQEND(0)), 6 * PERIOD);
    assert_int_equal(scope->edges[11].cycles, 5 * PERIOD + 10 * TICK);
    assert_int_equal(scope->edges[13].cycles, 6 * PERIOD + 20 * TICK);
}

static void pins_are_taken_and_given_back(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    const uint16_t value = 50 | FALLING;
    set_sequence(b, 0, &value, 1);
    assert_int_equal(b->pins[10].claim.level, WIRE_FLOATING);
    bench_write(b, SEQSTART(0), 1);
    assert_int_equal(b->pins[10].claim.level, WIRE_HIGH);
    bench_write(b, PSEL(0), 11);
    assert_int_equal(b->pins[10].claim.level, WIRE_FLOATING);
    assert_int_equal(b->pins[11].claim.level, WIRE_HIGH);
    bench_write(b, PSEL(1), 42); /* P1.10 */
    assert_int_equal(b->pins[42].claim.level, WIRE_HIGH);
    bench_write(b, PSEL(1), 0x80000000U | 42);
    assert_int_equal(b->pins[42].claim.level, WIRE_FLOATING);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(b->pins[11].claim.level, WIRE_FLOATING);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void values_come_from_ram_only(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    const uint16_t value = 50;
    bench_write(b, SEQSTART(0), 1); /* CNT 0 */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    set_sequence(b, 0, &value, 1);
    bench_write(b, SEQ_PTR(0), 0x1000);
    bench_write(b, SEQSTART(0), 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    assert_int_equal(bench_read(b, SEQSTARTED(0)), 0);
    bench_write(b, SEQ_PTR(0), BENCH_RAM_BASE + BENCH_RAM_BYTES - 2);
    bench_write(b, SEQ_CNT(0), 2); /* the second is not there */
    bench_write(b, SEQSTART(0), 1);
    bench_run_to(b, 10 * PERIOD);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    assert_int_equal(bench_event_count(b, SEQEND(0)), 0);
    bench_write(b, ENABLE, 0);
    bench_write(b, SEQSTART(0), 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 4);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

/* One event a period when no pin shows the wave. */
static void without_pins_there_are_no_edges(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    const uint16_t value = 50;
    set_sequence(b, 0, &value, 1);
    bench_write(b, PSEL(0), UINT32_MAX);
    bench_write(b, SEQSTART(0), 1);
    assert_int_equal(clock_next_due(&b->clock), PERIOD);
    bench_write(b, PSEL(0), 10);
    assert_int_equal(clock_next_due(&b->clock), 50 * TICK);
}

static void faults_stick_a_channel_or_lose_an_event(void **state)
{
    struct bench *b = ((struct scope *)*state)->bench;
    static const uint16_t half[] = {FALLING | 50, FALLING | 50};
    uint32_t first;
    bench_write(b, PSEL(1), 11);
    set_sequence(b, 0, half, 2);
    bench_write(b, SEQSTART(0), 1);
    assert_true(bench_input(b, "stuck-low", 1));
    assert_int_equal(high_ticks(b, TOP, 0, &first), 0);
    assert_true(bench_input(b, "stuck-low", 0));
    assert_true(bench_input(b, "stuck-high", 1)); /* at once, in the middle of what is played */
    assert_int_equal(b->pins[10].claim.level, WIRE_HIGH);
    assert_int_equal(high_ticks(b, TOP, 0, &first), TOP);
    assert_true(bench_input(b, "stuck-high", 2));
    assert_int_equal(high_ticks(b, TOP, 0, &first), 50);
    uint32_t before = bench_event_count(b, PWMPERIODEND);
    bench_write(b, PWMPERIODEND, 0);
    assert_true(bench_input(b, "event-lost", 1));
    bench_run_to(b, clock_now(&b->clock) + PERIOD);
    assert_int_equal(bench_event_count(b, PWMPERIODEND), before);
    assert_int_equal(bench_read(b, PWMPERIODEND), 0);
    bench_run_to(b, clock_now(&b->clock) + PERIOD);
    assert_int_equal(bench_event_count(b, PWMPERIODEND), before + 1);
    assert_false(bench_input(b, "stuck-high", 5));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_wave_follows_value_polarity_and_mode),
        TEST(edges_come_in_their_cycles),
        TEST(each_load_mode_spreads_its_values),
        TEST(a_sequence_is_played_once),
        TEST(loops_play_both_sequences),
        TEST(an_odd_number_of_sequences_begins_with_the_second),
        TEST(shortcuts_start_again),
        TEST(stop_comes_at_the_end_of_the_period),
        TEST(seqstart_while_running_takes_over_at_the_end_of_the_period),
        TEST(next_step_is_asked_for),
        TEST(pins_are_taken_and_given_back),
        TEST(values_come_from_ram_only),
        TEST(without_pins_there_are_no_edges),
        TEST(faults_stick_a_channel_or_lose_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
