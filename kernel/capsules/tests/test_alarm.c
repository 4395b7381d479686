/* Expected values are worked out in 64-bit time, which never wraps. */
#include "kernel/capsules/alarm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

#define WRAP_TICKS (1u << 24) /* of the nRF52's RTC */

static struct alarm_driver alarm;
static struct fake_alarm hardware;

static int begin_at(uint32_t width_bits, uint64_t time)
{
    fake_core_reset();
    fake_alarm_init(&hardware, width_bits, time);
    alarm_init(&alarm, &hardware.alarm);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    return begin_at(24, 1000);
}

static command_return command(uint32_t process, uint32_t number, uint32_t a, uint32_t b)
{
    return fake_core_command(&alarm_driver_ops, &alarm, process, number, a, b);
}

/* The app's tick at a time in the counter's ticks. */
static uint32_t app_tick(uint64_t time)
{
    return (uint32_t)(time << (32u - hardware.alarm.width_bits));
}

static void test_answers(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    expect_u32(command(0, ABI_ALARM_FREQUENCY, 0, 0), 8388608);
    expect_u32(command(0, ABI_ALARM_NOW, 0, 0), 1000 << 8);
    expect_failure(command(0, 4, 0, 0), K_ENOSUPPORT);
    expect_failure(command(0, 7, 0, 0), K_ENOSUPPORT);
    expect_failure(command(0, ABI_ALARM_STOP, 0, 0), K_EALREADY);
}

static void test_relative(void **state)
{
    (void)state;
    expect_u32(command(0, ABI_ALARM_SET_RELATIVE, 100 << 8, 0), app_tick(1100));
    fake_alarm_pass(&hardware, 99);
    expect_no_upcall(0);
    fake_alarm_pass(&hardware, 1);
    expect_upcall(0, ABI_ALARM_UPCALL_EXPIRED, app_tick(1100), app_tick(1100), 0);
    assert_false(hardware.armed);
    expect_failure(command(0, ABI_ALARM_STOP, 0, 0), K_EALREADY);
}

/* Fractions of the counter's ticks: never early. */
static void test_rounding(void **state)
{
    (void)state;
    expect_u32(command(0, ABI_ALARM_SET_RELATIVE, 1, 0), app_tick(1001));
    expect_u32(command(0, ABI_ALARM_SET_RELATIVE, 256, 0), app_tick(1001));
    expect_u32(command(0, ABI_ALARM_SET_RELATIVE, 257, 0), app_tick(1002));
    /* 999.5 + 0.5 = 1000; 999.5 + 0.75 = 1000.25, so 1001 */
    expect_u32(command(0, ABI_ALARM_SET_ABSOLUTE, (999 << 8) + 128, 128), app_tick(1000));
    expect_u32(command(0, ABI_ALARM_SET_ABSOLUTE, (999 << 8) + 128, 192), app_tick(1001));
    assert_true(hardware.armed && hardware.due == 1001);
    expect_u32(command(0, ABI_ALARM_SET_ABSOLUTE, (999 << 8) + 255, 255), app_tick(1001));
}

static void test_stop(void **state)
{
    (void)state;
    (void)command(0, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    (void)command(1, ABI_ALARM_SET_RELATIVE, 9 << 8, 0);
    expect_success(command(0, ABI_ALARM_STOP, 0, 0));
    fake_alarm_pass(&hardware, 100);
    expect_no_upcall(0);
    expect_upcall(1, 0, app_tick(1009), app_tick(1009), 0);
    (void)command(1, ABI_ALARM_SET_RELATIVE, 9 << 8, 0);
    expect_success(command(1, ABI_ALARM_STOP, 0, 0));
    assert_false(hardware.armed);
}

static void test_setting_again_replaces(void **state)
{
    (void)state;
    (void)command(0, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    (void)command(0, ABI_ALARM_SET_RELATIVE, 50 << 8, 0);
    fake_alarm_pass(&hardware, 49);
    expect_no_upcall(0);
    fake_alarm_pass(&hardware, 1);
    expect_upcall(0, 0, app_tick(1050), app_tick(1050), 0);
    fake_alarm_pass(&hardware, WRAP_TICKS);
    expect_no_upcall(0);
}

static void test_in_the_past(void **state)
{
    (void)state;
    /* expired 400 ticks ago: at once, and not from inside the command */
    expect_u32(command(0, ABI_ALARM_SET_ABSOLUTE, 500 << 8, 100 << 8), app_tick(600));
    expect_no_upcall(0);
    fake_alarm_pass(&hardware, 0);
    expect_upcall(0, 0, app_tick(1000), app_tick(600), 0);
    /* dt 0 is at once, too */
    expect_u32(command(0, ABI_ALARM_SET_RELATIVE, 0, 0), app_tick(1000));
    fake_alarm_pass(&hardware, 0);
    expect_upcall(0, 0, app_tick(1000), app_tick(1000), 0);
}

/* A reference yet to come is one nearly a wrap-around ago. The kernel is late: it stays expired. */
static void test_reference_in_the_future(void **state)
{
    (void)state;
    expect_u32(command(0, ABI_ALARM_SET_ABSOLUTE, 1001 << 8, 100 << 8), app_tick(1101));
    hardware.late_ticks = 5;
    fake_alarm_pass(&hardware, 5);
    expect_upcall(0, 0, app_tick(1005), app_tick(1101), 0);
}

static void test_counter_wraps(void **state)
{
    (void)state;
    begin_at(24, 3ull * WRAP_TICKS - 10);
    uint64_t start = hardware.time;
    expect_u32(command(0, ABI_ALARM_SET_RELATIVE, 30 << 8, 0), app_tick(start + 30));
    (void)command(1, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    (void)command(2, ABI_ALARM_SET_RELATIVE, 10 << 8, 0);
    fake_alarm_pass(&hardware, 29);
    expect_upcall(1, 0, app_tick(start + 5), app_tick(start + 5), 0);
    expect_upcall(2, 0, 0, 0, 0);
    expect_no_upcall(0);
    fake_alarm_pass(&hardware, 1);
    expect_upcall(0, 0, app_tick(start + 30), app_tick(start + 30), 0);
}

/* 2^32 - 1 of the app's ticks are, rounded up, the whole range of the counter. */
static void test_longest(void **state)
{
    (void)state;
    uint64_t start = hardware.time;
    (void)command(0, ABI_ALARM_SET_RELATIVE, UINT32_MAX, 0);
    (void)command(1, ABI_ALARM_SET_ABSOLUTE, (uint32_t)(start << 8) + 255, UINT32_MAX);
    fake_alarm_pass(&hardware, WRAP_TICKS - 1);
    expect_no_upcall(0);
    fake_alarm_pass(&hardware, 1);
    expect_upcall(0, 0, app_tick(start), app_tick(start), 0);
    expect_no_upcall(1);
    fake_alarm_pass(&hardware, 1);
    expect_upcall(1, 0, app_tick(start + 1), app_tick(start + 1), 0);
    assert_true(hardware.fired <= 6);
}

/* Long alarms are not missed by a kernel that is late each time. */
static void test_late_kernel(void **state)
{
    (void)state;
    uint64_t start = hardware.time;
    hardware.late_ticks = 700;
    (void)command(0, ABI_ALARM_SET_RELATIVE, UINT32_MAX, 0);
    fake_alarm_pass(&hardware, WRAP_TICKS + 699);
    expect_no_upcall(0);
    fake_alarm_pass(&hardware, 1);
    expect_upcall(0, 0, app_tick(start + 700), app_tick(start), 0);
}

static void test_full_width_counter(void **state)
{
    (void)state;
    begin_at(32, UINT32_MAX - 5ull);
    expect_u32(command(0, ABI_ALARM_FREQUENCY, 0, 0), 32768);
    expect_u32(command(0, ABI_ALARM_SET_RELATIVE, 10, 0), 4);
    expect_u32(command(1, ABI_ALARM_SET_RELATIVE, UINT32_MAX, 0), UINT32_MAX - 6);
    fake_alarm_pass(&hardware, 10);
    expect_upcall(0, 0, 4, 4, 0);
    fake_alarm_pass(&hardware, UINT32_MAX - 11ull);
    expect_no_upcall(1);
    fake_alarm_pass(&hardware, 1);
    expect_upcall(1, 0, UINT32_MAX - 6, UINT32_MAX - 6, 0);
}

/* Two processes with periods of their own, each setting its next alarm from the last expiry. */
static void test_two_periods_do_not_drift(void **state)
{
    (void)state;
    static const uint32_t period[2] = {32768 / 4, 32768 / 7};
    uint64_t due[2] = {1000, 1000};
    for (uint32_t i = 0; i < 2; i++) {
        due[i] += period[i];
        (void)command(i, ABI_ALARM_SET_ABSOLUTE, 1000 << 8, period[i] << 8);
    }
    for (int n = 0; n < 10000; n++) {
        uint32_t next = due[0] < due[1] ? 0 : 1;
        fake_alarm_pass(&hardware, due[next] - hardware.time - 1);
        expect_no_upcall(next);
        fake_alarm_pass(&hardware, 1);
        expect_upcall(next, 0, app_tick(due[next]), app_tick(due[next]), 0);
        due[next] += period[next];
        (void)command(next, ABI_ALARM_SET_ABSOLUTE, app_tick(hardware.time), period[next] << 8);
    }
}

static void test_process_gone(void **state)
{
    (void)state;
    (void)command(0, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    (void)command(1, ABI_ALARM_SET_RELATIVE, 9 << 8, 0);
    fake_core_restart(0);
    fake_alarm_pass(&hardware, 9);
    expect_no_upcall(0);
    expect_upcall(1, 0, app_tick(1009), app_tick(1009), 0);
    expect_failure(command(0, ABI_ALARM_STOP, 0, 0), K_EALREADY);
}

static void test_no_memory(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_ALARM_SET_RELATIVE, 5, 0), K_ENOMEM);
    expect_failure(command(0, ABI_ALARM_STOP, 0, 0), K_ENOMEM);
    assert_false(hardware.armed);
    (void)command(1, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    fake_alarm_pass(&hardware, 5);
    assert_int_equal(fake_core_upcalls(1), 1);
}

static void test_full_queue_loses_only_its_own(void **state)
{
    (void)state;
    fake_core_queue_limit(0, 0);
    (void)command(0, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    (void)command(1, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    fake_alarm_pass(&hardware, 5);
    assert_int_equal(fake_core_upcalls_lost(0), 1);
    assert_int_equal(fake_core_upcalls(1), 1);
    fake_core_queue_limit(0, 10);
    (void)command(0, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    fake_alarm_pass(&hardware, 5);
    assert_int_equal(fake_core_upcalls(0), 1);
}

/* The hardware needs a few ticks until it fires; others set and stop alarms all the time. */
static void test_nobody_puts_off_anothers_alarm(void **state)
{
    (void)state;
    hardware.late_ticks = 2;
    (void)command(1, ABI_ALARM_SET_RELATIVE, 5 << 8, 0);
    for (uint32_t tick = 0; tick < 7; tick++) {
        (void)command(0, ABI_ALARM_SET_RELATIVE, 0, 0);
        (void)command(2, ABI_ALARM_SET_RELATIVE, 1 << 8, 0);
        (void)command(2, ABI_ALARM_STOP, 0, 0);
        assert_true(tick >= 5 || fake_core_upcalls(1) == 0);
        fake_alarm_pass(&hardware, 1);
    }
    assert_int_equal(fake_core_upcalls(1), 1);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers),
        TEST(test_relative),
        TEST(test_rounding),
        TEST(test_stop),
        TEST(test_setting_again_replaces),
        TEST(test_in_the_past),
        TEST(test_reference_in_the_future),
        TEST(test_counter_wraps),
        TEST(test_longest),
        TEST(test_late_kernel),
        TEST(test_full_width_counter),
        TEST(test_two_periods_do_not_drift),
        TEST(test_process_gone),
        TEST(test_no_memory),
        TEST(test_full_queue_loses_only_its_own),
        TEST(test_nobody_puts_off_anothers_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
