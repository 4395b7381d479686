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

static command_return command(uint32_t process, uint32_t number, uint32_t argument)
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
    expect_failure(command(0, 6, 0), K_ENOSUPPORT);
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

static command_return at_rate(uint32_t process, uint32_t number, uint32_t channel,
                              uint32_t frequency_hz)
{
    return fake_core_command(&adc_driver_ops, &adc, process, number, channel, frequency_hz);
}

/* A full buffer of the process has been told of, as Tock says it. */
static void expect_filled(uint32_t process, uint32_t mode, uint32_t count, uint32_t channel,
                          const uint8_t *buffer)
{
    expect_upcall(process, ABI_ADC_UPCALL_SAMPLED, mode, count << 8 | channel,
                  (uint32_t)(uintptr_t)buffer);
}

static void lend(uint32_t process, uint32_t number, uint8_t *buffer, uint32_t length)
{
    fake_core_allow(process, adc_driver_ops.grant, ALLOW_READ_WRITE, number, buffer, length);
}

static void test_repeated_samples(void **state)
{
    (void)state;
    expect_failure(at_rate(0, ABI_ADC_REPEAT, FAKE_ADC_CHANNELS, 10), K_EINVAL);
    expect_failure(at_rate(0, ABI_ADC_REPEAT, 0, 0), K_EINVAL);
    expect_failure(at_rate(0, ABI_ADC_REPEAT, 0, FAKE_ADC_MAX_HZ + 1), K_EINVAL);
    expect_success(at_rate(0, ABI_ADC_REPEAT, 1, FAKE_ADC_MAX_HZ));
    fake_core_run();
    assert_int_equal(converter.frequency_hz, FAKE_ADC_MAX_HZ);
    assert_int_equal(converter.batch, 1);
    for (uint32_t value = 1; value <= 30; value++) {
        assert_true(fake_adc_step(&converter, value));
        expect_upcall(0, ABI_ADC_UPCALL_SAMPLED, ABI_ADC_REPEATED_SAMPLE, 1, value << 4);
    }
    for (uint32_t number = ABI_ADC_SINGLE; number < ABI_ADC_STOP; number++) {
        expect_failure(at_rate(0, number, 0, 10), K_EBUSY);
        expect_failure(at_rate(1, number, 0, 10), K_ENOMEM);
    }
    expect_success(command(1, ABI_ADC_STOP, 0));
    assert_true(converter.sampling);
    expect_success(command(0, ABI_ADC_STOP, 0));
    assert_false(converter.sampling);
    expect_success(command(0, ABI_ADC_STOP, 0));
    fake_core_run();
    expect_no_upcall(0);
    expect_success(command(1, ABI_ADC_SINGLE, 2));
    expect_sample_for(1, 2, 9);
}

static void test_one_buffer(void **state)
{
    (void)state;
    uint8_t buffer[7] = {0};
    expect_failure(at_rate(0, ABI_ADC_BUFFER, 1, 100), K_ENOMEM);
    lend(0, ABI_ADC_RW_FIRST, buffer, 1);
    expect_failure(at_rate(0, ABI_ADC_BUFFER, 1, 100), K_ENOMEM);
    lend(0, ABI_ADC_RW_FIRST, buffer, sizeof buffer);
    expect_success(at_rate(0, ABI_ADC_BUFFER, 1, 5000));
    fake_core_run();
    assert_int_equal(converter.frequency_hz, 5000);
    assert_int_equal(converter.batch, 8);
    assert_true(fake_adc_step(&converter, 0x123));
    assert_true(fake_adc_step(&converter, 0x456));
    expect_no_upcall(0);
    assert_true(fake_adc_step(&converter, 0xFFF));
    expect_filled(0, ABI_ADC_ONE_BUFFER, 3, 1, buffer);
    const uint8_t filled[] = {0x30, 0x12, 0x60, 0x45, 0xF0, 0xFF, 0};
    assert_memory_equal(buffer, filled, sizeof filled);
    assert_false(converter.sampling);
    expect_success(at_rate(0, ABI_ADC_BUFFER, 2, 100));
    fake_core_run();
    assert_int_equal(converter.batch, 1);
}

static void test_two_buffers_in_turn(void **state)
{
    (void)state;
    uint8_t first[4] = {0}, second[2] = {0};
    lend(3, ABI_ADC_RW_FIRST, first, sizeof first);
    expect_success(command(3, ABI_ADC_STOP, 0)); /* makes the grant */
    lend(3, ABI_ADC_RW_FIRST, first, sizeof first);
    expect_failure(at_rate(3, ABI_ADC_BUFFERS, 0, 100), K_ENOMEM);
    lend(3, ABI_ADC_RW_SECOND, second, sizeof second);
    expect_success(at_rate(3, ABI_ADC_BUFFERS, 0, 100));
    fake_core_run();
    for (uint32_t turn = 0; turn < 3; turn++) {
        assert_true(fake_adc_step(&converter, 0x100 + turn));
        assert_true(fake_adc_step(&converter, 0x200 + turn));
        expect_filled(3, ABI_ADC_MANY_BUFFERS, 2, 0, first);
        assert_int_equal(first[0], turn << 4);
        assert_int_equal(first[3], 0x20);
        assert_true(fake_adc_step(&converter, 0x300 + turn));
        expect_filled(3, ABI_ADC_MANY_BUFFERS, 1, 0, second);
        assert_int_equal(second[0], turn << 4);
    }
    expect_success(command(3, ABI_ADC_STOP, 0));
    assert_false(converter.sampling);
}

/* Shrunk, what has room counts; taken back, it is the end. */
static void test_buffers_that_change(void **state)
{
    (void)state;
    uint8_t first[8] = {0}, second[8] = {0};
    lend(0, ABI_ADC_RW_FIRST, first, sizeof first);
    lend(0, ABI_ADC_RW_SECOND, second, sizeof second);
    expect_success(at_rate(0, ABI_ADC_BUFFERS, 0, 100));
    fake_core_run();
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(fake_adc_step(&converter, 0xFFF));
    }
    lend(0, ABI_ADC_RW_FIRST, first, 4);
    assert_true(fake_adc_step(&converter, 0x111));
    expect_filled(0, ABI_ADC_MANY_BUFFERS, 2, 0, first);
    assert_int_equal(first[6], 0);
    assert_true(fake_adc_step(&converter, 0x111));
    lend(0, ABI_ADC_RW_SECOND, NULL, 0);
    assert_true(fake_adc_step(&converter, 0x111));
    expect_filled(0, ABI_ADC_MANY_BUFFERS, 0, 0, NULL);
    assert_int_equal(second[2], 0);
    assert_false(converter.sampling);
}

static void test_single_samples_come_first(void **state)
{
    (void)state;
    expect_success(command(0, ABI_ADC_SINGLE, 0));
    expect_failure(at_rate(0, ABI_ADC_REPEAT, 1, 10), K_EBUSY);
    fake_core_run();
    expect_success(command(1, ABI_ADC_SINGLE, 1));
    expect_success(at_rate(2, ABI_ADC_REPEAT, 2, 10));
    expect_sample_for(0, 0, 1);
    expect_sample_for(1, 1, 2);
    assert_int_equal(converter.channel, 2);
    assert_int_equal(converter.frequency_hz, 10);
    expect_success(command(2, ABI_ADC_STOP, 0));
}

static void test_a_single_sample_that_is_stopped(void **state)
{
    (void)state;
    expect_success(command(0, ABI_ADC_SINGLE, 0));
    fake_core_run();
    expect_success(command(0, ABI_ADC_STOP, 0));
    expect_success(command(0, ABI_ADC_SINGLE, 1));
    assert_true(fake_adc_step(&converter, 1));
    expect_no_upcall(0);
    expect_sample_for(0, 1, 2);
    expect_success(at_rate(0, ABI_ADC_REPEAT, 1, 10));
    expect_success(command(0, ABI_ADC_STOP, 0));
    fake_core_run();
    assert_false(converter.sampling);
}

static void test_the_end_of_who_samples_at_a_rate(void **state)
{
    (void)state;
    expect_success(at_rate(0, ABI_ADC_REPEAT, 0, 10));
    fake_core_run();
    fake_core_restart(0);
    assert_true(fake_adc_step(&converter, 5));
    assert_false(converter.sampling);
    expect_no_upcall(0);
    expect_success(at_rate(0, ABI_ADC_REPEAT, 0, 10));
    fake_core_run();
    fake_core_end(0);
    expect_success(at_rate(1, ABI_ADC_REPEAT, 1, 20)); /* at once, not a period later */
    fake_core_run();
    assert_int_equal(converter.frequency_hz, 20);
    assert_true(fake_adc_step(&converter, 6));
    expect_upcall(1, ABI_ADC_UPCALL_SAMPLED, ABI_ADC_REPEATED_SAMPLE, 1, 6 << 4);
}

static void test_no_memory(void **state)
{
    (void)state;
    fake_core_exhaust(1);
    expect_failure(command(1, ABI_ADC_SINGLE, 0), K_ENOMEM);
    expect_failure(at_rate(1, ABI_ADC_REPEAT, 0, 10), K_ENOMEM);
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
        TEST(test_repeated_samples),
        TEST(test_one_buffer),
        TEST(test_two_buffers_in_turn),
        TEST(test_buffers_that_change),
        TEST(test_single_samples_come_first),
        TEST(test_a_single_sample_that_is_stopped),
        TEST(test_the_end_of_who_samples_at_a_rate),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
