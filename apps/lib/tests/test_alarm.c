/* Milliseconds to ticks, and long sleeps made of short ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "apps/lib/alarm.h"
#include "apps/lib/tests/fake_kernel.h"

static int reset(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){.frequency_hz = 8388608};
    return 0;
}

static void ticks_by_hand(void **state)
{
    (void)state;
    assert_int_equal(alarm_ms_to_ticks(500), 4194304);
    assert_int_equal(alarm_ms_to_ticks(1), 8388);
    assert_int_equal(alarm_ms_to_ticks(999), 8380219);
    fake_kernel.frequency_hz = 1000;
    assert_int_equal(alarm_ms_to_ticks(4000000000u), 4000000000u);
    fake_kernel.frequency_hz = 32768;
    assert_int_equal(alarm_ms_to_ticks(100000000), 3276800000u);
}

/* Against 64-bit arithmetic, which the library avoids. */
static void ticks_in_general(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (unsigned i = 0; i < 100000; i++) {
        random = random * 1664525u + 1013904223u;
        uint32_t ms = random >> (i % 32);
        uint32_t hz = 1 + (random * 2654435761u) % 20000000u;
        uint64_t ticks = (uint64_t)ms * hz / 1000;
        if (ticks <= UINT32_MAX) {
            fake_kernel.frequency_hz = hz;
            assert_int_equal(alarm_ms_to_ticks(ms), ticks);
        }
    }
}

/* 600 s are more than 32-bit ticks can say at this frequency. */
static void long_sleep(void **state)
{
    (void)state;
    fake_kernel.now = 0xFFFF0000u;
    assert_int_equal(alarm_sleep_ms(600000), 0);
    assert_int_equal(fake_kernel.alarm_count, 3);
    uint32_t at = 0xFFFF0000u;
    uint64_t sum = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fake_kernel.alarm_references[i], at);
        assert_true(fake_kernel.alarm_dts[i] < 0x80000000u);
        at += fake_kernel.alarm_dts[i];
        sum += fake_kernel.alarm_dts[i];
    }
    assert_true(sum == UINT64_C(600) * 8388608);
}

static void no_sleep(void **state)
{
    (void)state;
    assert_int_equal(alarm_sleep_ms(0), 0);
    assert_int_equal(fake_kernel.alarm_count, 1);
    assert_int_equal(fake_kernel.alarm_dts[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ticks_by_hand, reset),
        cmocka_unit_test_setup(ticks_in_general, reset),
        cmocka_unit_test_setup(long_sleep, reset),
        cmocka_unit_test_setup(no_sleep, reset),
    };
    return cmocka_run_group_tests_name("apps/lib/alarm", tests, NULL, NULL);
}
