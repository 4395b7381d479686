/* WDT: the cycle of the reset, reload requests, what is locked, what each reset leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/system_bench.h"
#include "peripherals/nrf52/wdt.h"

#define START     0x000
#define TIMEOUT   0x100
#define INTENSET  0x304
#define RUNSTATUS 0x400
#define REQSTATUS 0x404
#define CRV       0x504
#define RREN      0x508
#define CONFIG    0x50C
#define RR(n)     (0x600U + 4U * (n))
#define KEY       0x6E524635U

/* First cycle at which so many ticks of 32,768 Hz are complete: 64 ticks are 125,000 cycles. */
#define TICKS(n) (((uint64_t)(n)*125000U + 63U) / 64U)

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_wdt_class, 0x40010000, 512U * 1024U);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static void bites_after_crv_plus_one_ticks(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CRV, 32767);
    bench_run_to(b, 640000000); /* not started: nothing */
    assert_int_equal(s->reset_requests, 0);
    assert_int_equal(bench_read(b, RUNSTATUS), 0);
    bench_write(b, START, 1);
    assert_int_equal(bench_read(b, RUNSTATUS), 1);
    bench_run_to(b, 640000000 + 64000000 - 1);
    assert_int_equal(s->reset_requests, 0);
    bench_run_to(b, 640000000 + 64000000);
    assert_int_equal(s->reset_requests, 1);
    assert_int_equal(s->reset_reasons, RESET_DOG);
    assert_int_equal(bench_event_count(b, TIMEOUT), 1);
}

static void the_interrupt_comes_two_ticks_earlier(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CRV, 99);
    bench_write(b, INTENSET, 1);
    bench_write(b, START, 1);
    bench_run_to(b, TICKS(100));
    assert_true(b->irq);
    assert_int_equal(s->reset_requests, 0);
    bench_write(b, RR(0), KEY); /* too late */
    bench_run_to(b, TICKS(102) - 1);
    assert_int_equal(s->reset_requests, 0);
    bench_run_to(b, TICKS(102));
    assert_int_equal(s->reset_requests, 1);
}

static void all_enabled_registers_must_ask_for_a_reload(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CRV, 99);
    bench_write(b, RREN, 0x85);
    assert_int_equal(bench_read(b, REQSTATUS), 0x85);
    bench_write(b, START, 1);
    bench_run_to(b, TICKS(50));
    bench_write(b, RR(0), KEY);
    bench_write(b, RR(1), KEY); /* not enabled */
    bench_write(b, RR(7), KEY + 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    assert_int_equal(bench_read(b, REQSTATUS), 0x84);
    bench_write(b, RR(7), KEY);
    assert_int_equal(bench_read(b, REQSTATUS), 0x04);
    bench_write(b, RR(2), KEY);
    assert_int_equal(bench_read(b, REQSTATUS), 0x85);
    bench_run_to(b, TICKS(150) - 1);
    assert_int_equal(s->reset_requests, 0);
    bench_run_to(b, TICKS(150));
    assert_int_equal(s->reset_requests, 1);
}

static void nothing_can_be_changed_once_it_runs(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CRV, 0x8000);
    bench_write(b, CONFIG, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, CONFIG), 9);
    bench_write(b, START, 1);
    bench_write(b, CRV, 0x9000);
    bench_write(b, RREN, 0xFF);
    bench_write(b, CONFIG, 0);
    assert_int_equal(bench_read(b, CRV), 0x8000);
    assert_int_equal(bench_read(b, RREN), 1);
    assert_int_equal(bench_read(b, CONFIG), 9);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    bench_run_to(b, TICKS(0x4000));
    bench_write(b, START, 1); /* does not reload */
    bench_run_to(b, TICKS(0x8001));
    assert_int_equal(s->reset_requests, 1);
}

static void a_soft_reset_leaves_it_running(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CRV, 999);
    bench_write(b, RREN, 3);
    bench_write(b, START, 1);
    bench_run_to(b, TICKS(500));
    bench_reset(b, RESET_SREQ);
    bench_reset(b, RESET_LOCKUP);
    bench_reset(b, RESET_SREQ | RESET_LOCKUP);
    assert_int_equal(bench_read(b, RUNSTATUS), 1);
    assert_int_equal(bench_read(b, CRV), 999);
    assert_int_equal(bench_read(b, RREN), 3);
    bench_run_to(b, TICKS(1000));
    assert_int_equal(s->reset_requests, 1);
}

static void other_resets_stop_it(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    static const uint32_t reasons[] = {RESET_POWER_ON, RESET_PIN, RESET_DOG, RESET_OFF,
                                       RESET_DOG | RESET_SREQ};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        bench_write(b, CRV, 99);
        bench_write(b, START, 1);
        bench_reset(b, reasons[i]);
        assert_int_equal(bench_read(b, RUNSTATUS), 0);
        assert_int_equal(bench_read(b, CRV), 0xFFFFFFFF);
        bench_run_to(b, clock_now(&b->clock) + TICKS(1000));
        assert_int_equal(s->reset_requests, 0);
    }
}

static void sleep_pauses_it_when_asked(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CRV, 127);
    bench_write(b, CONFIG, 0);
    bench_write(b, START, 1);
    bench_run_to(b, TICKS(64));
    assert_true(bench_input(b, "sleep", 1));
    bench_run_to(b, TICKS(6400));
    assert_int_equal(s->reset_requests, 0);
    assert_true(bench_input(b, "sleep", 0));
    bench_run_to(b, TICKS(6464) - 1);
    assert_int_equal(s->reset_requests, 0);
    bench_run_to(b, TICKS(6464));
    assert_int_equal(s->reset_requests, 1);
    assert_false(bench_input(b, "press", 0));
}

static void sleep_does_not_pause_it_by_default(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CRV, 127);
    bench_write(b, START, 1);
    assert_true(bench_input(b, "sleep", 1));
    bench_run_to(b, TICKS(128));
    assert_int_equal(s->reset_requests, 1);
}

static void short_timeouts_are_the_guests_mistake(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, CRV, 14);
    bench_write(b, RUNSTATUS, 0);
    (void)bench_read(b, 0x620);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
}

static void faults_make_it_late_for_ever_or_early(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    assert_true(bench_input(b, "early", 25));
    assert_true(bench_input(b, "dead", 1));
    bench_write(b, CRV, 399);
    bench_write(b, START, 1);
    bench_run_to(b, TICKS(1000));
    assert_int_equal(s->reset_requests, 0);
    assert_int_equal(bench_event_count(b, TIMEOUT), 0);
    assert_true(bench_input(b, "dead", 0));
    bench_reset(b, RESET_PIN); /* ends the count, and no fault */
    bench_write(b, CRV, 399);
    bench_write(b, START, 1);
    bench_run_to(b, TICKS(1100) - 1);
    assert_int_equal(s->reset_requests, 0);
    bench_run_to(b, TICKS(1101));
    assert_int_equal(s->reset_requests, 1);
    assert_false(bench_input(b, "early", 100));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(bites_after_crv_plus_one_ticks),
        TEST(the_interrupt_comes_two_ticks_earlier),
        TEST(all_enabled_registers_must_ask_for_a_reload),
        TEST(nothing_can_be_changed_once_it_runs),
        TEST(a_soft_reset_leaves_it_running),
        TEST(other_resets_stop_it),
        TEST(sleep_pauses_it_when_asked),
        TEST(sleep_does_not_pause_it_by_default),
        TEST(short_timeouts_are_the_guests_mistake),
        TEST(faults_make_it_late_for_ever_or_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
