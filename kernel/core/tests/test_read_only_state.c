/* The read-only state, and the class of calls that it is allowed by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/tests/kernel_fixture.h"

#define TICKS  0x00ABCDEFu
#define GUARD  0xEE
#define BUFFER 64u /* from the start of RAM */

static struct process *process;
static uint32_t buffer;

static enum arch_stop command_null(struct process *running)
{
    struct arch_frame *frame = arch_context_frame(&running->context);
    frame->r0 = FIXTURE_DRIVER_PLAIN;
    frame->pc = running->code_start + 2 * ABI_CLASS_COMMAND + 2;
    return ARCH_STOP_SYSTEM_CALL;
}

static enum arch_stop interrupted(struct process *running)
{
    (void)running;
    arch_signals.is.interrupt = 1;
    return ARCH_STOP_INTERRUPT;
}

static enum arch_stop call_then_interrupted(struct process *running)
{
    return fixture.runs % 2 != 0 ? command_null(running) : interrupted(running);
}

static int boot(void **state)
{
    fixture_setup(state);
    process = fixture_boot_to_main_loop();
    fixture_grow(process, 512);
    buffer = process->layout.ram_start + BUFFER;
    memset(process_memory(buffer), GUARD, 64);
    fixture.ticks = TICKS;
    fixture.run = interrupted;
    return 0;
}

static const struct arch_frame *allow(uint32_t driver, uint32_t number, uint32_t address,
                                      uint32_t length)
{
    return fixture_call(process, ABI_CLASS_ALLOW_USER_READABLE, driver, number, address, length);
}

static uint32_t word(uint32_t offset)
{
    uint32_t value;
    memcpy(&value, process_memory(buffer + offset), sizeof(value));
    return value;
}

static void expect_failure(const struct arch_frame *frame, uint32_t error, uint32_t address,
                           uint32_t length)
{
    assert_int_equal(frame->r0, ABI_FAILURE_U32_U32);
    assert_int_equal(frame->r1, error);
    assert_int_equal(frame->r2, address);
    assert_int_equal(frame->r3, length);
}

static void test_commands(void **state)
{
    (void)state;
    const struct arch_frame *frame =
        fixture_call(process, ABI_CLASS_COMMAND, ABI_DRIVER_READ_ONLY_STATE, 0, 0, 0);
    assert_int_equal(frame->r0, ABI_SUCCESS);
    frame = fixture_call(process, ABI_CLASS_COMMAND, ABI_DRIVER_READ_ONLY_STATE, 1, 0, 0);
    assert_int_equal(frame->r0, ABI_SUCCESS_U32);
    assert_int_equal(frame->r1, 1);
    frame = fixture_call(process, ABI_CLASS_COMMAND, ABI_DRIVER_READ_ONLY_STATE, 2, 0, 0);
    assert_int_equal(frame->r1, ABI_NOSUPPORT);
}

static void test_the_swap_and_its_errors(void **state)
{
    (void)state;
    uint32_t driver = ABI_DRIVER_READ_ONLY_STATE;
    uint32_t outside = process->app_break - 8;
    expect_failure(allow(0x77777, 0, outside, 16), ABI_NODEVICE, outside, 16);
    expect_failure(allow(driver, 0, outside, 16), ABI_INVAL, outside, 16);
    expect_failure(allow(driver, 9, outside, 16), ABI_INVAL, outside, 16);
    expect_failure(allow(driver, 0, process->code_start, 16), ABI_INVAL, process->code_start, 16);
    expect_failure(allow(driver, 1, buffer, 16), ABI_NOSUPPORT, buffer, 16);
    /* Drivers without such buffers, with a grant and without. */
    uint32_t grants = process->grant_start;
    expect_failure(allow(FIXTURE_DRIVER, 0, buffer, 16), ABI_NOSUPPORT, buffer, 16);
    expect_failure(allow(FIXTURE_DRIVER_PLAIN, 0, buffer, 16), ABI_NOSUPPORT, buffer, 16);
    assert_int_equal(process->grant_start, grants);

    const struct arch_frame *frame = allow(driver, 0, buffer, 16);
    assert_int_equal(frame->r0, ABI_SUCCESS_U32_U32);
    assert_int_equal(frame->r1, 0);
    assert_int_equal(frame->r2, 0);
    frame = allow(driver, 0, 0x12345678, 0);
    assert_int_equal(frame->r0, ABI_SUCCESS_U32_U32);
    assert_int_equal(frame->r1, buffer);
    assert_int_equal(frame->r2, 16);
    frame = allow(driver, 0, 0, 0);
    assert_int_equal(frame->r1, 0x12345678);
    assert_int_equal(frame->r2, 0);
    /* The break stays above. */
    frame = fixture_call(process, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, buffer + 15, 0, 0);
    assert_int_equal(frame->r0, ABI_FAILURE);
}

/* The number spaces of the three kinds of buffers are apart. */
static void test_the_other_kinds_do_not_reach_it(void **state)
{
    (void)state;
    static const uint32_t classes[] = {ABI_CLASS_ALLOW_READ_WRITE, ABI_CLASS_ALLOW_READ_ONLY,
                                       ABI_CLASS_SUBSCRIBE};
    for (unsigned i = 0; i < 3; i++) {
        const struct arch_frame *frame =
            fixture_call(process, classes[i], ABI_DRIVER_READ_ONLY_STATE, 0, 0, 0);
        expect_failure(frame, ABI_NOSUPPORT, 0, 0);
    }
}

static void test_no_memory_for_the_grant(void **state)
{
    (void)state;
    process->grant_start = process->layout.reach_end + 8;
    expect_failure(allow(ABI_DRIVER_READ_ONLY_STATE, 0, buffer, 16), ABI_NOMEM, buffer, 16);
    expect_failure(allow(ABI_DRIVER_READ_ONLY_STATE, 1, buffer, 16), ABI_NOMEM, buffer, 16);
}

static void test_whole_fields_only(void **state)
{
    (void)state;
    for (uint32_t length = 0; length <= 20; length++) {
        memset(process_memory(buffer), GUARD, 32);
        allow(ABI_DRIVER_READ_ONLY_STATE, 0, buffer + 1, length); /* no alignment is asked for */
        (void)kernel_step();
        const uint8_t *bytes = process_memory(buffer);
        uint32_t written = length >= 16 ? 16 : length >= 8 ? 8 : length >= 4 ? 4 : 0;
        assert_int_equal(bytes[0], GUARD);
        for (uint32_t i = 0; i < 31; i++) {
            bool same = bytes[1 + i] == GUARD;
            if (i >= written) {
                assert_true(same);
            } else {
                assert_false(same);
            }
        }
    }
}

static void test_values(void **state)
{
    (void)state;
    allow(ABI_DRIVER_READ_ONLY_STATE, 0, buffer, 16);
    fixture_call(process, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, fixture_function(process), 0);
    (void)kernel_step();
    uint32_t before = word(ABI_READ_ONLY_STATE_SWITCHES);
    assert_int_equal(word(ABI_READ_ONLY_STATE_PENDING), 0);
    assert_int_equal(word(ABI_READ_ONLY_STATE_TICKS), TICKS);
    assert_int_equal(word(ABI_READ_ONLY_STATE_TICKS + 4), 0);
    for (uint32_t i = 1; i <= 3; i++) {
        (void)upcall_schedule(fixture_grant, process->id, 0, 0, 0, 0);
        fixture.ticks = TICKS + i;
        (void)kernel_step();
        assert_int_equal(word(ABI_READ_ONLY_STATE_SWITCHES), before + i);
        assert_int_equal(word(ABI_READ_ONLY_STATE_PENDING), i);
        assert_int_equal(word(ABI_READ_ONLY_STATE_TICKS), TICKS + i);
    }
    /* Each way into the process counts: after a call and after an interrupt. */
    before = word(ABI_READ_ONLY_STATE_SWITCHES);
    fixture.run = call_then_interrupted;
    fixture.runs = 0;
    (void)kernel_step();
    assert_int_equal(fixture.runs, 2);
    assert_int_equal(word(ABI_READ_ONLY_STATE_SWITCHES), before + 2);
    allow(ABI_DRIVER_READ_ONLY_STATE, 0, 0, 0);
    fixture.ticks = 1;
    (void)kernel_step();
    assert_int_equal(word(ABI_READ_ONLY_STATE_TICKS), TICKS + 3);
}

/* Who has no such buffer pays nothing: its regions stay in the MPU. */
static void test_the_others_keep_their_regions(void **state)
{
    (void)state;
    fixture.run = call_then_interrupted;
    fixture.runs = 0;
    (void)kernel_step();
    assert_int_equal(fixture.mpu_loads, 1);
    allow(ABI_DRIVER_READ_ONLY_STATE, 0, buffer, 16);
    (void)kernel_step();
    assert_int_equal(fixture.mpu_loads, 3);
}

static void test_a_new_life_shows_nothing(void **state)
{
    (void)state;
    allow(ABI_DRIVER_READ_ONLY_STATE, 0, buffer, 16);
    process_restart(process);
    memset(process_memory(buffer), GUARD, 32);
    (void)kernel_step();
    assert_int_equal(word(0), GUARD * 0x01010101u);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, boot)
    const struct CMUnitTest tests[] = {
        TEST(test_commands),
        TEST(test_the_swap_and_its_errors),
        TEST(test_the_other_kinds_do_not_reach_it),
        TEST(test_no_memory_for_the_grant),
        TEST(test_whole_fields_only),
        TEST(test_values),
        TEST(test_the_others_keep_their_regions),
        TEST(test_a_new_life_shows_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
