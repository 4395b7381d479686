#include "kernel/capsules/low_level_debug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t a, uint32_t b)
{
    return fake_core_command(&low_level_debug_driver_ops, NULL, process, number, a, b);
}

static void test_lines(void **state)
{
    (void)state;
    expect_success(command(2, ABI_COMMAND_EXISTS, 0, 0));
    assert_string_equal(fake_core_debug_text(), "");
    expect_success(command(2, ABI_LOW_LEVEL_DEBUG_ALERT, ABI_ALERT_STARTUP, 0));
    expect_success(command(1, ABI_LOW_LEVEL_DEBUG_ALERT, 0x80, 0));
    expect_success(command(0, ABI_LOW_LEVEL_DEBUG_PRINT1, 0, 0));
    expect_success(command(3, ABI_LOW_LEVEL_DEBUG_PRINT2, 0xDEADBEEF, UINT32_MAX));
    assert_string_equal(fake_core_debug_text(),
                        "LowLevelDebug: App 0x2 status code 0x2 (could not start up)\r\n"
                        "LowLevelDebug: App 0x1 status code 0x80\r\n"
                        "LowLevelDebug: App 0x0 prints 0x0\r\n"
                        "LowLevelDebug: App 0x3 prints 0xdeadbeef 0xffffffff\r\n");
}

static void test_unknown(void **state)
{
    (void)state;
    expect_failure(command(0, 4, 0, 0), K_ENOSUPPORT);
    assert_string_equal(fake_core_debug_text(), "");
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_lines), TEST(test_unknown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
