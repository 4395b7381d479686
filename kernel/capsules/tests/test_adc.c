#include "kernel/capsules/adc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_core.h"

static struct adc_driver adc;
static struct fake_adc converter;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_adc_init(&converter);
    adc_init(&adc, &converter.adc);
    return 0;
}

static struct command_return command(uint32_t process, uint32_t number, uint32_t argument)
{
    return fake_core_command(&adc_driver_ops, &adc, process, number, argument, 0);
}

static void expect_sample_for(uint32_t process, uint32_t channel, uint32_t value)
{
    fake_core_run();
    assert_int_equal(converter.channel, channel);
    assert_true(fake_adc_step(&converter, value));
    expect_upcall(process, ABI_ADC_UPCALL_SAMPLED, 0, channel, value << 4);
}

static void test_what_it_says_of_itself(void **state)
{
    (void)state;
    expect_u32(command(0, ABI_ADC_COUNT, 0), FAKE_ADC_CHANNELS);
    expect_u32(command(0, ABI_ADC_RESOLUTION, 0), FAKE_ADC_RESOLUTION_BITS);
    expect_u32(command(0, ABI_ADC_REFERENCE, 0), FAKE_ADC_REFERENCE_MV);
    for (uint32_t number = 2; number <= 5; number++) {
        expect_failure(command(0, number, 0), K_ENOSUPPORT);
    }
}

static void test_single_sample(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_ADC_SINGLE, FAKE_ADC_CHANNELS), K_EINVAL);
    expect_success(command(0, ABI_ADC_SINGLE, 2));
    expect_failure(command(0, ABI_ADC_SINGLE, 1), K_EBUSY);
    expect_sample_for(0, 2, 0xFFF);
    fake_core_run();
    assert_false(converter.sampling);
    expect_success(command(0, ABI_ADC_SINGLE, 0));
    expect_sample_for(0, 0, 1);
}

static void test_processes_take_turns(void **state)
{
    (void)state;
    expect_success(command(2, ABI_ADC_SINGLE, 2));
    fake_core_run();
    expect_success(command(0, ABI_ADC_SINGLE, 0));
    expect_success(command(3, ABI_ADC_SINGLE, 1));
    expect_sample_for(2, 2, 10);
    expect_success(command(2, ABI_ADC_SINGLE, 2));
    expect_sample_for(3, 1, 11);
    expect_sample_for(0, 0, 12);
    expect_sample_for(2, 2, 13);
    fake_core_run();
    assert_false(converter.sampling);
}

static void test_a_process_that_ends(void **state)
{
    (void)state;
    expect_success(command(0, ABI_ADC_SINGLE, 0));
    expect_success(command(1, ABI_ADC_SINGLE, 1));
    fake_core_run();
    fake_core_restart(0);
    assert_true(fake_adc_step(&converter, 5));
    expect_no_upcall(0);
    expect_sample_for(1, 1, 6);
    expect_success(command(0, ABI_ADC_SINGLE, 0));
    expect_sample_for(0, 0, 7);
}

static void test_no_memory(void **state)
{
    (void)state;
    fake_core_exhaust(1);
    expect_failure(command(1, ABI_ADC_SINGLE, 0), K_ENOMEM);
    fake_core_run();
    assert_false(converter.sampling);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_it_says_of_itself),
        TEST(test_single_sample),
        TEST(test_processes_take_turns),
        TEST(test_a_process_that_ends),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
