/* Shares of the CPU and calls per second, against a list of every cycle. */
#include "sim/view/view_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HZ     1600U /* a slot is 100 cycles */
#define SLOT   (HZ / 16U)
#define CYCLES 20000U
#define SEEDS  200U

/* Who had the CPU in each cycle. */
struct oracle {
    uint8_t lane[CYCLES];
};

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void expect_shares(const struct view_load *load, const struct oracle *oracle, uint64_t now)
{
    uint64_t slot = now / SLOT;
    uint64_t first = slot > 16 ? (slot - 16) * SLOT : 0;
    uint64_t cycles[VIEW_LOAD_LANES] = {0};
    uint16_t permille[VIEW_LOAD_LANES];
    unsigned sum = 0;
    for (uint64_t i = first; i < now; i++) {
        cycles[oracle->lane[i]]++;
    }
    view_load_shares(load, permille);
    for (unsigned i = 0; i < VIEW_LOAD_LANES; i++) {
        uint64_t exact = cycles[i] * 1000 / (now - first);
        assert_in_range(permille[i], exact, exact + 1);
        sum += permille[i];
    }
    assert_int_equal(sum, 1000);
}

static void test_shares_of_the_last_second(void **state)
{
    (void)state;
    static struct oracle oracle;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        uint32_t random = seed;
        struct view_load load;
        unsigned lane = VIEW_LOAD_KERNEL;
        uint64_t now = 0;
        view_load_start(&load, HZ, 0, lane);
        for (;;) {
            uint32_t stay = next_random(&random) % (seed % 7 == 0 ? 4000 : 90) + 1;
            if (now + stay > CYCLES) {
                break;
            }
            memset(oracle.lane + now, (int)lane, stay);
            now += stay;
            lane = next_random(&random) % VIEW_LOAD_LANES;
            view_load_switch(&load, now, lane);
            if (next_random(&random) % 8 == 0) {
                expect_shares(&load, &oracle, now);
            }
        }
        expect_shares(&load, &oracle, now);
    }
}

static void test_nothing_has_happened(void **state)
{
    (void)state;
    struct view_load load;
    uint16_t permille[VIEW_LOAD_LANES];
    uint32_t calls[VIEW_PROCESSES_MAX];
    view_load_start(&load, HZ, 123, 0);
    view_load_shares(&load, permille);
    assert_int_equal(permille[0], 0);
    assert_int_equal(view_load_calls(&load, calls), 0);
}

static void test_calls_per_second(void **state)
{
    (void)state;
    struct view_load load;
    uint32_t calls[VIEW_PROCESSES_MAX];
    view_load_start(&load, HZ, 0, 2);
    for (uint64_t cycle = 0; cycle < 3 * HZ; cycle += 40) { /* 40 a second */
        view_load_switch(&load, cycle, 2);
        view_load_call(&load, 2);
    }
    view_load_switch(&load, 3 * HZ, 2);
    view_load_call(&load, -1); /* nobody's */
    view_load_call(&load, VIEW_PROCESSES_MAX);
    assert_int_equal(view_load_calls(&load, calls), 40);
    view_load_call(&load, VIEW_PROCESSES_MAX - 1);
    assert_int_equal(view_load_calls(&load, calls), 41);
    assert_int_equal(calls[VIEW_PROCESSES_MAX - 1], 1);
    assert_int_equal(calls[2], 40);
    assert_int_equal(calls[1], 0);
    view_load_switch(&load, 5 * HZ, 2);
    assert_int_equal(view_load_calls(&load, calls), 0);
}

/* A jump over years must not be walked through; one back starts anew. */
static void test_time_jumps(void **state)
{
    (void)state;
    struct view_load load;
    uint16_t permille[VIEW_LOAD_LANES];
    view_load_start(&load, HZ, 0, 1);
    view_load_switch(&load, UINT64_C(1) << 60, VIEW_LOAD_SLEEP);
    view_load_shares(&load, permille);
    assert_int_equal(permille[1], 1000);
    view_load_switch(&load, 50, 3);
    view_load_switch(&load, 150, 3);
    view_load_shares(&load, permille);
    assert_int_equal(permille[3], 1000);
    view_load_switch(&load, 149, 2); /* by one cycle, too */
    view_load_switch(&load, 249, 2);
    view_load_shares(&load, permille);
    assert_int_equal(permille[2], 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_of_the_last_second),
        cmocka_unit_test(test_nothing_has_happened),
        cmocka_unit_test(test_calls_per_second),
        cmocka_unit_test(test_time_jumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
