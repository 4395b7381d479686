#include "kernel/capsules/process_info.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_control.h"
#include "kernel/capsules/tests/fake_core.h"

static uint8_t buffer[20];

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    memset(&fake_control, 0, sizeof fake_control);
    memset(buffer, 0xEE, sizeof buffer);
    fake_control.views[0] =
        (struct process_view){.id = fake_core_id(0), .name = SLICE_OF_TEXT("manager")};
    fake_control.views[1] =
        (struct process_view){.id = fake_core_id(1), .name = SLICE_OF_TEXT("other")};
    fake_control.views[3] = (struct process_view){
        .id = fake_core_id(3),
        .name = SLICE_OF_TEXT("third"),
        .short_id = 0x01020304,
        .slices_used_up = 5,
        .system_calls = 0x10203,
        .restarts = 7,
        .state = ABI_PROCESS_STOPPED,
    };
    fake_core_allow(0, process_info_driver_ops.grant, ALLOW_READ_WRITE, ABI_PROCESS_INFO_RW_BUFFER,
                    buffer, 16);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t a, uint32_t b)
{
    return fake_core_command(&process_info_driver_ops, NULL, process, number, a, b);
}

static void expect_word(uint32_t index, uint32_t value)
{
    uint32_t word = 0;
    for (uint32_t i = 4; i > 0; i--) {
        word = word << 8 | buffer[index * 4 + i - 1];
    }
    assert_int_equal(word, value);
}

static void test_only_who_asks_for_it(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    fake_core_ask_for_none(1);
    for (uint32_t number = 0; number < 8; number++) {
        expect_failure(command(1, number, fake_core_id(0).value, ABI_PROCESS_STOP), K_ENODEVICE);
    }
    assert_int_equal(fake_control.action, 0);
}

static void test_lists(void **state)
{
    (void)state;
    expect_u32(command(0, ABI_PROCESS_INFO_COUNT, 0, 0), 3);
    assert_int_equal(buffer[0], 0xEE);
    expect_u32(command(0, ABI_PROCESS_INFO_IDS, 0, 0), 3);
    expect_word(0, fake_core_id(0).value);
    expect_word(1, fake_core_id(1).value);
    expect_word(2, fake_core_id(3).value);
    assert_int_equal(buffer[12], 0xEE);
    expect_u32(command(0, ABI_PROCESS_INFO_SHORT_IDS, 0, 0), 3);
    expect_word(2, 0x01020304);
    fake_core_allow(0, process_info_driver_ops.grant, ALLOW_READ_WRITE, ABI_PROCESS_INFO_RW_BUFFER,
                    NULL, 0);
    expect_u32(command(0, ABI_PROCESS_INFO_IDS, 0, 0), 3);
}

static void test_name_and_stats(void **state)
{
    (void)state;
    uint32_t third = fake_core_id(3).value;
    expect_u32(command(0, ABI_PROCESS_INFO_NAME, third, 0), 5);
    assert_memory_equal(buffer, "third\xEE", 6);
    expect_success(command(0, ABI_PROCESS_INFO_STATS, third, 0));
    expect_word(0, 5);
    expect_word(1, 0x10203);
    expect_word(2, 7);
    expect_word(3, ABI_PROCESS_STOPPED);
    expect_failure(command(0, ABI_PROCESS_INFO_NAME, third + 0x100, 0), K_EINVAL);
    expect_failure(command(0, ABI_PROCESS_INFO_STATS, 0, 0), K_EINVAL);
}

static void test_set_state(void **state)
{
    (void)state;
    uint32_t third = fake_core_id(3).value;
    expect_success(command(0, ABI_PROCESS_INFO_SET_STATE, third, ABI_PROCESS_TERMINATE));
    assert_int_equal(fake_control.action, ABI_PROCESS_TERMINATE);
    assert_int_equal(fake_control.acted_on.value, third);
    fake_control.answer = K_EALREADY;
    expect_failure(command(0, ABI_PROCESS_INFO_SET_STATE, third, ABI_PROCESS_START), K_EALREADY);
    fake_control.action = 0;
    expect_failure(command(0, ABI_PROCESS_INFO_SET_STATE, third, 0), K_EINVAL);
    expect_failure(command(0, ABI_PROCESS_INFO_SET_STATE, third, 6), K_EINVAL);
    expect_failure(command(0, ABI_PROCESS_INFO_SET_STATE, third + 0x100, 1), K_EINVAL);
    expect_failure(command(0, ABI_PROCESS_INFO_SET_STATE, fake_core_id(0).value, 2), K_EINVAL);
    assert_int_equal(fake_control.action, 0);
    expect_failure(command(0, 7, 0, 0), K_ENOSUPPORT);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_only_who_asks_for_it),
        TEST(test_lists),
        TEST(test_name_and_stats),
        TEST(test_set_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
