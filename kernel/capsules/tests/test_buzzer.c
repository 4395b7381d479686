#include "kernel/capsules/buzzer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

static struct buzzer_driver buzzer;
static uint32_t tone_hz; /* 0: silence */
static uint32_t delay_us;
static const struct hil_delay_client *client;

static int start_pulse(void *self, uint32_t frequency_hz, uint32_t duty)
{
    (void)self;
    assert_true(frequency_hz >= 4 && frequency_hz <= 1000);
    assert_int_equal(duty, HIL_PWM_DUTY_MAX / 2);
    tone_hz = frequency_hz;
    return K_OK;
}

static void stop_pulse(void *self)
{
    (void)self;
    tone_hz = 0;
}

static void set_user(void *self, const struct capsule *user)
{
    (void)self;
    assert_non_null(user);
}

static void start_delay(void *self, uint32_t microseconds)
{
    (void)self;
    delay_us = microseconds;
}

static void set_client(void *self, const struct hil_delay_client *new_client)
{
    (void)self;
    client = new_client;
}

static const struct hil_pwm_ops pwm_ops = {start_pulse, stop_pulse, set_user};
static const struct hil_pwm pwm = {&pwm_ops, NULL, 4, 1000};
static const struct hil_delay_ops delay_ops = {.start = start_delay, .set_client = set_client};
static const struct hil_delay delay = {&delay_ops, NULL};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    tone_hz = delay_us = 0;
    buzzer_init(&buzzer, &pwm, &delay);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t frequency_hz,
                              uint32_t duration_ms)
{
    return fake_core_command(&buzzer_driver_ops, &buzzer, process, number, frequency_hz,
                             duration_ms);
}

static void expect_tone(uint32_t frequency_hz, uint32_t duration_ms)
{
    assert_int_equal(tone_hz, frequency_hz);
    assert_int_equal(delay_us, duration_ms * 1000);
}

static void elapse(void)
{
    hil_delay_client_elapsed(client);
}

static void expect_done(uint32_t process)
{
    expect_upcall(process, ABI_BUZZER_UPCALL_DONE, 0, 0, 0);
    expect_no_upcall(process);
}

static void test_a_tone(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    expect_failure(command(0, 4, 0, 0), K_ENOSUPPORT);
    expect_success(command(0, ABI_BUZZER_BUZZ, 440, 300));
    expect_tone(440, 300);
    expect_no_upcall(0);
    elapse();
    expect_done(0);
    assert_int_equal(tone_hz, 0);
    expect_success(command(0, ABI_BUZZER_BUZZ_NOW, 880, 0xFFFFFFFF));
    expect_tone(880, ABI_BUZZER_MAX_MS);
    elapse();
    expect_done(0);
    elapse(); /* of no tone */
    expect_no_upcall(0);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_BUZZER_BUZZ, 3, 100), K_EINVAL);
    expect_failure(command(0, ABI_BUZZER_BUZZ, 1001, 100), K_EINVAL);
    expect_failure(command(0, ABI_BUZZER_BUZZ_NOW, 0, 100), K_EINVAL);
    expect_failure(command(0, ABI_BUZZER_STOP, 0, 0), K_EOFF);
    expect_success(command(0, ABI_BUZZER_BUZZ, 440, 100));
    expect_failure(command(1, ABI_BUZZER_BUZZ_NOW, 440, 100), K_ERESERVE);
    expect_failure(command(1, ABI_BUZZER_STOP, 0, 0), K_ERESERVE);
    expect_success(command(1, ABI_BUZZER_BUZZ, 550, 100));
    expect_failure(command(1, ABI_BUZZER_BUZZ, 660, 100), K_ENOMEM);
    fake_core_exhaust(3);
    expect_failure(command(3, ABI_BUZZER_BUZZ, 440, 100), K_ENOMEM);
    expect_tone(440, 100);
}

/* Who asks again and again does not keep the others waiting. */
static void test_turns(void **state)
{
    (void)state;
    expect_success(command(0, ABI_BUZZER_BUZZ, 100, 1));
    expect_success(command(0, ABI_BUZZER_BUZZ, 101, 2));
    expect_success(command(2, ABI_BUZZER_BUZZ, 300, 3));
    expect_success(command(1, ABI_BUZZER_BUZZ, 200, 4));
    const uint32_t wanted[] = {200, 300, 101};
    for (uint32_t i = 0; i < 3; i++) {
        elapse();
        assert_int_equal(tone_hz, wanted[i]);
    }
    elapse();
    assert_int_equal(tone_hz, 0);
    expect_upcall(0, ABI_BUZZER_UPCALL_DONE, 0, 0, 0);
    expect_done(0);
    expect_done(1);
    expect_done(2);
}

static void test_change_and_stop(void **state)
{
    (void)state;
    expect_success(command(0, ABI_BUZZER_BUZZ, 100, 1000));
    expect_success(command(1, ABI_BUZZER_BUZZ, 200, 50));
    expect_success(command(0, ABI_BUZZER_BUZZ_NOW, 110, 20));
    expect_tone(110, 20);
    expect_no_upcall(0);
    expect_success(command(0, ABI_BUZZER_STOP, 0, 0));
    assert_int_equal(tone_hz, 0);
    expect_no_upcall(0);
    expect_success(command(0, ABI_BUZZER_STOP, 0, 0)); /* it is on the way */
    elapse();                                          /* just then */
    fake_core_run();
    expect_done(0);
    expect_tone(200, 50);
    expect_success(command(1, ABI_BUZZER_STOP, 0, 0));
    expect_success(command(1, ABI_BUZZER_BUZZ_NOW, 210, 60)); /* in the same breath */
    fake_core_run();
    expect_tone(210, 60);
    expect_no_upcall(1);
    elapse();
    expect_done(1);
}

static void test_process_gone(void **state)
{
    (void)state;
    expect_success(command(0, ABI_BUZZER_BUZZ, 100, 1000));
    expect_success(command(1, ABI_BUZZER_BUZZ, 200, 1000));
    fake_core_restart(0);
    expect_success(command(2, ABI_BUZZER_BUZZ, 300, 30)); /* nobody's tone is not waited for */
    expect_tone(300, 30);
    fake_core_end(1);
    elapse();
    expect_done(2);
    assert_int_equal(tone_hz, 0);
    expect_no_upcall(0);
    expect_success(command(0, ABI_BUZZER_BUZZ, 100, 1000));
    fake_core_end(0);
    expect_success(command(2, ABI_BUZZER_BUZZ_NOW, 400, 40));
    expect_tone(400, 40);
    elapse();
    expect_done(2);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_tone),          TEST(test_refusals),     TEST(test_turns),
        TEST(test_change_and_stop), TEST(test_process_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
