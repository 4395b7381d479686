#include "kernel/capsules/pwm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

struct pulse {
    uint32_t frequency_hz, duty; /* 0 Hz: stopped */
    const struct capsule *user;
};

static struct pulse pulses[2];
static struct pwm_driver pwm;

static int start(void *self, uint32_t frequency_hz, uint32_t duty)
{
    struct pulse *pulse = self;
    if (frequency_hz > 1000 || duty > HIL_PWM_DUTY_MAX) {
        return K_EINVAL;
    }
    pulse->frequency_hz = frequency_hz;
    pulse->duty = duty;
    return K_OK;
}

static void stop(void *self)
{
    struct pulse *pulse = self;
    pulse->frequency_hz = pulse->duty = 0;
}

static void set_user(void *self, const struct capsule *user)
{
    struct pulse *pulse = self;
    pulse->user = user;
}

static const struct hil_pwm_ops ops = {start, stop, set_user};
static const struct hil_pwm pins[] = {{&ops, &pulses[0], 4, 1000}, {&ops, &pulses[1], 4, 1000}};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    pulses[0] = pulses[1] = (struct pulse){0};
    pwm_init(&pwm, (struct hil_pwm_list)LIST_OF(pins));
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument0,
                              uint32_t argument1)
{
    return fake_core_command(&pwm_driver_ops, &pwm, process, number, argument0, argument1);
}

static void test_start_and_stop(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    expect_u32(command(0, ABI_PWM_COUNT, 0, 0), 2);
    expect_u32(command(0, ABI_PWM_MAX_FREQUENCY, 1, 0), 1000);
    expect_success(command(0, ABI_PWM_START, 2500u << 16 | 1u, 200));
    assert_int_equal(pulses[1].frequency_hz, 200);
    assert_int_equal(pulses[1].duty, 2500);
    assert_int_equal(pulses[0].frequency_hz, 0);
    expect_success(command(0, ABI_PWM_START, 10000u << 16 | 1u, 300));
    assert_int_equal(pulses[1].duty, 10000);
    expect_success(command(0, ABI_PWM_STOP, 1, 0));
    assert_int_equal(pulses[1].frequency_hz, 0);
    expect_failure(command(0, ABI_PWM_STOP, 1, 0), K_EOFF);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_PWM_START, 2, 200), K_EINVAL);
    expect_failure(command(0, ABI_PWM_STOP, 2, 0), K_EINVAL);
    expect_failure(command(0, ABI_PWM_MAX_FREQUENCY, 2, 0), K_EINVAL);
    expect_failure(command(0, ABI_PWM_START, 0, 1001), K_EINVAL);
    expect_failure(command(0, ABI_PWM_START, 10001u << 16, 100), K_EINVAL);
    expect_failure(command(0, ABI_PWM_STOP, 0, 0), K_EOFF);
    expect_failure(command(0, 5, 0, 0), K_ENOSUPPORT);
}

static void test_a_pin_is_for_one(void **state)
{
    (void)state;
    expect_success(command(0, ABI_PWM_START, 5000u << 16, 100));
    expect_failure(command(1, ABI_PWM_START, 5000u << 16, 100), K_ERESERVE);
    expect_failure(command(1, ABI_PWM_STOP, 0, 0), K_ERESERVE);
    expect_success(command(1, ABI_PWM_START, 5000u << 16 | 1u, 100));
    fake_core_restart(0); /* another life is another process */
    expect_success(command(1, ABI_PWM_START, 1000u << 16, 100));
    expect_failure(command(0, ABI_PWM_STOP, 0, 0), K_ERESERVE);
    fake_core_end(1);
    expect_success(command(0, ABI_PWM_STOP, 0, 0));
    assert_int_equal(pulses[0].frequency_hz, 0);
    expect_failure(command(0, ABI_PWM_STOP, 0, 0), K_EOFF);
}

/* Both of them: a pulse ends with its capsule. */
static void test_who_starts_them_is_known(void **state)
{
    (void)state;
    assert_non_null(pulses[0].user);
    assert_ptr_equal(pulses[0].user, pwm_driver_ops.owner);
    assert_ptr_equal(pulses[1].user, pwm_driver_ops.owner);
}

/* A board with more pins than the driver keeps owners of. */
static void test_too_many_pins(void **state)
{
    (void)state;
    struct hil_pwm many[PWM_DRIVER_PINS_MAX + 1];
    for (uint32_t i = 0; i < PWM_DRIVER_PINS_MAX + 1; i++) {
        many[i] = pins[0];
    }
    pwm_init(&pwm, (struct hil_pwm_list)LIST_OF(many));
    expect_u32(command(0, ABI_PWM_COUNT, 0, 0), PWM_DRIVER_PINS_MAX);
    expect_failure(command(0, ABI_PWM_START, 1u << 16 | PWM_DRIVER_PINS_MAX, 200), K_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_start_and_stop, begin),
        cmocka_unit_test_setup(test_too_many_pins, begin),
        cmocka_unit_test_setup(test_refusals, begin),
        cmocka_unit_test_setup(test_a_pin_is_for_one, begin),
        cmocka_unit_test_setup(test_who_starts_them_is_known, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
