/* PPI: which tasks an event triggers, in which order, and that rings end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/ppi.h"

#define CHG_EN(i)  (0x000U + 8U * (i))
#define CHG_DIS(i) (0x004U + 8U * (i))
#define CHEN       0x500
#define CHENSET    0x504
#define CHENCLR    0x508
#define EEP(i)     (0x510U + 8U * (i))
#define TEP(i)     (0x514U + 8U * (i))
#define CHG(i)     (0x800U + 4U * (i))
#define FORK(i)    (0x910U + 4U * (i))

static int setup(void **state)
{
    struct bench *b = bench_new();
    *state = b;
    assert_null(bench_start(b, &nrf52_ppi_class, 0x4001F000));
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

static void raise(struct bench *b, uint32_t address)
{
    b->device_class->event_raised(b->device, address);
}

static void assert_tasks(struct bench *b, const uint32_t *expected, uint32_t count)
{
    assert_int_equal(b->tasks.count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(b->tasks.entries[i].value, expected[i]);
    }
    b->tasks.count = 0;
}

static void reset_values_and_storage(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(bench_read(b, CHG_EN(i)), 0);
        assert_int_equal(bench_read(b, CHG_DIS(i)), 0);
        assert_int_equal(bench_read(b, CHG(i)), 0);
        bench_write(b, CHG(i), 0xA0000000 + i);
        assert_int_equal(bench_read(b, CHG(i)), 0xA0000000 + i);
    }
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(bench_read(b, EEP(i)), 0);
        assert_int_equal(bench_read(b, TEP(i)), 0);
        bench_write(b, EEP(i), 0x40000100 + i);
        bench_write(b, TEP(i), 0x50000000 + i);
    }
    for (uint32_t i = 0; i < 32; i++) {
        assert_int_equal(bench_read(b, FORK(i)), 0);
        bench_write(b, FORK(i), 0x60000000 + i);
        assert_int_equal(bench_read(b, FORK(i)), 0x60000000 + i);
    }
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(bench_read(b, EEP(i)), 0x40000100 + i);
        assert_int_equal(bench_read(b, TEP(i)), 0x50000000 + i);
    }
    assert_int_equal(bench_read(b, CHEN), 0);
    bench_write(b, CHEN, 0xF0);
    bench_write(b, CHENSET, 0x01);
    bench_write(b, CHENCLR, 0x10);
    assert_int_equal(bench_read(b, CHEN), 0xE1);
    assert_int_equal(bench_read(b, CHENSET), 0xE1);
    assert_int_equal(bench_read(b, CHENCLR), 0xE1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, CHEN), 0);
    assert_int_equal(bench_read(b, FORK(31)), 0);
    bench_write(b, 0x5B0, 1);
    bench_write(b, 0x030, 1);
    assert_int_equal(bench_read(b, 0x990), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
}

static void each_channel_connects_its_event(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 0; i < 20; i++) {
        bench_write(b, EEP(i), 0x40008100 + 4 * i);
        bench_write(b, TEP(i), 0x40009000 + 4 * i);
        raise(b, 0x40008100 + 4 * i);
        assert_int_equal(b->tasks.count, 0); /* not enabled */
        bench_write(b, CHENSET, 1U << i);
        raise(b, 0x40008100 + 4 * i);
        assert_tasks(b, (const uint32_t[]){0x40009000 + 4 * i}, 1);
        bench_write(b, FORK(i), 0x40006000 + 4 * i);
        bench_run_to(b, clock_now(&b->clock) + 4);
        raise(b, 0x40008100 + 4 * i);
        assert_tasks(b, (const uint32_t[]){0x40009000 + 4 * i, 0x40006000 + 4 * i}, 2);
        bench_write(b, CHENCLR, 1U << i);
    }
}

static void several_channels_run_in_order(void **state)
{
    struct bench *b = *state;
    bench_write(b, EEP(7), 0x40008140);
    bench_write(b, TEP(7), 0x40009007);
    bench_write(b, EEP(2), 0x40008140);
    bench_write(b, TEP(2), 0x40009002);
    bench_write(b, CHEN, 0x84);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x40009002, 0x40009007}, 2);
}

static void fixed_channels(void **state)
{
    struct bench *b = *state;
    static const uint32_t expected[12][2] = {
        {0x40008140, 0x40001000}, {0x40008140, 0x40001004}, {0x40008144, 0x40001010},
        {0x40001128, 0x4000F000}, {0x40001100, 0x4000F000}, {0x40001104, 0x4000F004},
        {0x40001104, 0x40008044}, {0x4000110C, 0x40008048}, {0x4000B140, 0x40001000},
        {0x4000B140, 0x40001004}, {0x4000B140, 0x4000800C}, {0x4000B140, 0x40008000}};
    for (uint32_t i = 0; i < 12; i++) {
        bench_write(b, CHEN, 1U << (20 + i));
        bench_write(b, FORK(20 + i), 0x40006000);
        raise(b, expected[i][0]);
        assert_tasks(b, (const uint32_t[]){expected[i][1], 0x40006000}, 2);
    }
}

static void groups(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 0; i < 6; i++) {
        bench_write(b, CHEN, 0x80000001);
        bench_write(b, CHG(i), 0x80000000 | 2U << i);
        bench_write(b, CHG_EN(i), 1);
        assert_int_equal(bench_read(b, CHEN), 0x80000001 | 2U << i);
        bench_write(b, CHG_DIS(i), 0); /* no trigger */
        assert_int_equal(bench_read(b, CHEN), 0x80000001 | 2U << i);
        bench_write(b, CHG_DIS(i), 1);
        assert_int_equal(bench_read(b, CHEN), 1);
    }
}

/* The device behind task 0x40014000 answers with event 0x40014100 at once. */
static void answer(struct bench *b, uint32_t address)
{
    if (address == 0x40014000) {
        raise(b, 0x40014100);
    }
}

static void what_follows_runs_after_all_of_the_first(void **state)
{
    struct bench *b = *state;
    b->on_task = answer;
    bench_write(b, EEP(0), 0x40008140);
    bench_write(b, TEP(0), 0x40014000);
    bench_write(b, FORK(0), 0x40006000);
    bench_write(b, EEP(1), 0x40014100);
    bench_write(b, TEP(1), 0x40009000);
    bench_write(b, CHEN, 3);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x40014000, 0x40006000, 0x40009000}, 3);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void a_ring_goes_on_in_later_periods(void **state)
{
    struct bench *b = *state;
    b->on_task = answer;
    bench_write(b, EEP(0), 0x40014100);
    bench_write(b, TEP(0), 0x40014000);
    bench_write(b, CHEN, 1);
    raise(b, 0x40014100);
    assert_int_equal(b->tasks.count, 1);
    bench_run_to(b, 40); /* ten more periods */
    assert_int_equal(b->tasks.count, 11);
    bench_write(b, CHENCLR, 1); /* before the twelfth */
    bench_run_to(b, 1000);
    assert_int_equal(b->tasks.count, 11);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void a_channel_runs_once_a_period(void **state)
{
    struct bench *b = *state;
    bench_write(b, EEP(0), 0x40008140);
    bench_write(b, TEP(0), 0x40009000);
    bench_write(b, EEP(1), 0x40008144);
    bench_write(b, TEP(1), 0x40009004);
    bench_write(b, CHEN, 3);
    bench_run_to(b, 401); /* in the period from 400 to 403 */
    raise(b, 0x40008140);
    bench_run_to(b, 402);
    raise(b, 0x40008140);
    raise(b, 0x40008144); /* another channel: at once */
    assert_tasks(b, (const uint32_t[]){0x40009000, 0x40009004}, 2);
    raise(b, 0x40008140);
    bench_run_to(b, 403);
    assert_int_equal(b->tasks.count, 0);
    bench_run_to(b, 410);
    assert_int_equal(b->tasks.entries[0].cycles, 404);
    assert_tasks(b, (const uint32_t[]){0x40009000}, 1);
}

/* PPI's own tasks, as the machine would run them. */
static void run_own_task(struct bench *b, uint32_t address)
{
    if (address >> 12 == 0x4001F) {
        bench_write(b, address & 0xFFF, 1);
    }
}

static void a_channel_disabled_in_the_cycle_of_its_event_still_runs(void **state)
{
    struct bench *b = *state;
    b->on_task = run_own_task;
    bench_write(b, CHG(0), 2);
    bench_write(b, EEP(0), 0x40008140);
    bench_write(b, TEP(0), 0x4001F000 + CHG_DIS(0)); /* disables channel 1 */
    bench_write(b, EEP(1), 0x40008140);
    bench_write(b, TEP(1), 0x40009000);
    bench_write(b, CHEN, 3);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x4001F000 + CHG_DIS(0), 0x40009000}, 2);
    assert_int_equal(bench_read(b, CHEN), 1);
    bench_run_to(b, 4);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x4001F000 + CHG_DIS(0)}, 1);
}

static void enabling_wins_over_disabling_at_once(void **state)
{
    struct bench *b = *state;
    b->on_task = run_own_task;
    bench_write(b, CHG(0), 0x30);
    bench_write(b, CHG(1), 0x60);
    bench_write(b, EEP(0), 0x40008140);
    bench_write(b, TEP(0), 0x4001F000 + CHG_EN(0));
    bench_write(b, FORK(0), 0x4001F000 + CHG_DIS(1));
    bench_write(b, CHEN, 0x41);
    raise(b, 0x40008140);
    assert_int_equal(bench_read(b, CHEN), 0x31);
    bench_write(b, CHG_DIS(0), 1); /* the CPU's comes later */
    assert_int_equal(bench_read(b, CHEN), 0x01);
}

static void reset_ends_a_ring(void **state)
{
    struct bench *b = *state;
    b->on_task = answer;
    bench_write(b, EEP(0), 0x40014100);
    bench_write(b, TEP(0), 0x40014000);
    bench_write(b, CHEN, 1);
    raise(b, 0x40014100);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

#define WITH_PPI(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void faults_cut_a_channel_or_lose_an_event(void **state)
{
    struct bench *b = *state;
    for (uint32_t i = 3; i <= 4; i++) {
        bench_write(b, EEP(i), 0x40008140);
        bench_write(b, TEP(i), 0x40009000 + i);
    }
    assert_true(bench_input(b, "channel-dead", 4));
    assert_false(bench_input(b, "channel-dead", 33));
    bench_write(b, CHEN, 0x18);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x40009004}, 1);
    assert_true(bench_input(b, "channel-dead", 0));
    assert_true(bench_input(b, "event-lost", 3));
    bench_run_to(b, clock_now(&b->clock) + 4);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x40009003, 0x40009004}, 2);
    bench_run_to(b, clock_now(&b->clock) + 4);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x40009004}, 1);
    bench_run_to(b, clock_now(&b->clock) + 4);
    raise(b, 0x40008140);
    assert_tasks(b, (const uint32_t[]){0x40009003, 0x40009004}, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PPI(reset_values_and_storage),
        WITH_PPI(each_channel_connects_its_event),
        WITH_PPI(several_channels_run_in_order),
        WITH_PPI(fixed_channels),
        WITH_PPI(groups),
        WITH_PPI(what_follows_runs_after_all_of_the_first),
        WITH_PPI(a_ring_goes_on_in_later_periods),
        WITH_PPI(a_channel_runs_once_a_period),
        WITH_PPI(a_channel_disabled_in_the_cycle_of_its_event_still_runs),
        WITH_PPI(enabling_wins_over_disabling_at_once),
        WITH_PPI(reset_ends_a_ring),
        WITH_PPI(faults_cut_a_channel_or_lose_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
