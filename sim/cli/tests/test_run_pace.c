/* Pacing against a host clock that the test makes: how far virtual time is from where it should be,
 * what is made up for and what is given up. */
#include "sim/cli/run_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HZ       64000000U
#define MS       1000000ULL
#define S        1000000000ULL
#define BEGIN_NS (12345 * S + 678)
#define BEGIN    777U

/* A machine that runs so many times faster than real time, on a host that sleeps as it is told and
 * a bit longer. */
struct host {
    struct run_pace pace;
    uint64_t ns, cycle;
    uint64_t run_permille; /* how fast the machine is when it runs */
    uint64_t oversleep_ns;
};

static void start(struct host *host, uint32_t speed_permille, uint64_t run_permille)
{
    *host = (struct host){.ns = BEGIN_NS, .cycle = BEGIN, .run_permille = run_permille};
    host->oversleep_ns = MS / 5;
    run_pace_start(&host->pace, HZ, speed_permille, host->ns, host->cycle);
}

static void run_slice(struct host *host)
{
    uint64_t wait = run_pace_wait_ns(&host->pace, host->ns, host->cycle);
    host->ns += wait + (wait > 0 ? host->oversleep_ns : 0);
    uint64_t limit = run_pace_limit(&host->pace, host->cycle);
    assert_true(limit > host->cycle);
    host->ns += (limit - host->cycle) * 1000 / 64 * 1000 / host->run_permille;
    host->cycle = limit;
}

static void run_until(struct host *host, uint64_t ns)
{
    while (host->ns < ns) {
        run_slice(host);
    }
}

/* How far virtual time is from host time at this speed, both since the beginning. */
static int64_t error_ns(const struct host *host, uint64_t speed_permille)
{
    uint64_t should = (host->ns - BEGIN_NS) / 1000 * speed_permille;
    return (int64_t)((host->cycle - BEGIN) * 1000 / 64) - (int64_t)should;
}

static void test_follows_the_host(void **state)
{
    (void)state;
    static const uint32_t speeds[] = {1, 100, 333, 1000, 2500, 10000};
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        struct host host;
        start(&host, speeds[i], 50000);
        for (uint64_t second = 1; second <= 180; second++) {
            run_until(&host, BEGIN_NS + second * S);
            int64_t error = error_ns(&host, speeds[i]) * 1000 / speeds[i]; /* in host time */
            assert_true(error > -(int64_t)(10 * MS) && error < (int64_t)(10 * MS));
            assert_false(run_pace_is_behind(&host.pace, host.ns));
        }
        uint32_t measured = run_pace_measured_permille(&host.pace, host.ns, host.cycle);
        assert_in_range(measured, speeds[i] - speeds[i] / 50 - 1, speeds[i] + speeds[i] / 50 + 1);
    }
}

static void test_makes_up_for_a_short_delay(void **state)
{
    (void)state;
    struct host host;
    start(&host, RUN_PACE_REAL, 50000);
    run_until(&host, BEGIN_NS + S);
    host.ns += 60 * MS; /* the host does something else */
    (void)run_pace_wait_ns(&host.pace, host.ns, host.cycle);
    assert_true(run_pace_is_behind(&host.pace, host.ns));
    run_until(&host, BEGIN_NS + 2 * S);
    assert_false(run_pace_is_behind(&host.pace, host.ns));
    int64_t error = error_ns(&host, RUN_PACE_REAL);
    assert_true(error > -(int64_t)(10 * MS) && error < (int64_t)(10 * MS));
}

static void test_gives_up_a_long_one(void **state)
{
    (void)state;
    struct host host;
    start(&host, RUN_PACE_REAL, 50000);
    run_until(&host, BEGIN_NS + S);
    host.ns += 5 * S;
    uint64_t before_ns = host.ns;
    uint64_t before = host.cycle;
    run_until(&host, before_ns + S / 2);
    assert_true(run_pace_is_behind(&host.pace, host.ns));
    /* It has not raced: half a second took half a second. */
    uint64_t went_ns = (host.cycle - before) * 1000 / 64;
    assert_in_range(went_ns, 490 * MS, 510 * MS);
    run_until(&host, before_ns + 3 * S);
    assert_false(run_pace_is_behind(&host.pace, host.ns));
}

static void test_a_slow_host_is_behind(void **state)
{
    (void)state;
    struct host host;
    start(&host, RUN_PACE_REAL, 500); /* half of what is wanted */
    run_until(&host, BEGIN_NS + S);
    for (unsigned i = 0; i < 1000; i++) {
        run_slice(&host);
        assert_true(run_pace_is_behind(&host.pace, host.ns));
    }
    uint32_t measured = run_pace_measured_permille(&host.pace, host.ns, host.cycle);
    assert_in_range(measured, 490, 510);
    host.run_permille = 50000; /* from now on it can */
    uint64_t before_ns = host.ns;
    uint64_t before = host.cycle;
    run_until(&host, before_ns + 2 * S);
    uint64_t went_ns = (host.cycle - before) * 1000 / 64;
    assert_in_range(went_ns, 1990 * MS, 2000 * MS + RUN_PACE_GIVEN_NS + 10 * MS);
    assert_false(run_pace_is_behind(&host.pace, host.ns));
}

static void test_free_running(void **state)
{
    (void)state;
    struct host host;
    start(&host, RUN_PACE_FREE, 7000);
    run_until(&host, BEGIN_NS + 3 * S);
    assert_int_equal(run_pace_wait_ns(&host.pace, host.ns, host.cycle), 0);
    assert_false(run_pace_is_behind(&host.pace, host.ns));
    uint32_t measured = run_pace_measured_permille(&host.pace, host.ns, host.cycle);
    assert_in_range(measured, 6900, 7100);
}

/* A pause is no delay. */
static void test_starts_anew(void **state)
{
    (void)state;
    struct host host;
    start(&host, RUN_PACE_REAL, 50000);
    run_until(&host, BEGIN_NS + S);
    host.ns += 3600 * S;
    run_pace_start(&host.pace, HZ, 100, host.ns, host.cycle);
    uint64_t before_ns = host.ns;
    uint64_t before = host.cycle;
    run_until(&host, before_ns + 2 * S);
    assert_false(run_pace_is_behind(&host.pace, host.ns));
    assert_in_range((host.cycle - before) * 1000 / 64, 199 * MS, 202 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_follows_the_host),
        cmocka_unit_test(test_gives_up_a_long_one),
        cmocka_unit_test(test_makes_up_for_a_short_delay),
        cmocka_unit_test(test_a_slow_host_is_behind),
        cmocka_unit_test(test_free_running),
        cmocka_unit_test(test_starts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
