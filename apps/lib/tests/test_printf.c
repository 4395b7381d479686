/* Each printf is one write of the whole text; puts adds its newline to the same write. printf.c is
 * compiled with its functions renamed to app_printf and so on, beside the host's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "apps/lib/console.h"
#include "apps/lib/tests/fake_kernel.h"
#include "kernel/abi/syscall.h"

int app_printf(const char *format, ...);
int app_puts(const char *text);
int app_putchar(int character);

static int reset(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){0};
    return 0;
}

static void assert_written(const char *text, size_t writes)
{
    assert_string_equal(fake_kernel.written, text);
    assert_int_equal(fake_kernel.write_count, writes);
    /* What was lent has been taken back. */
    assert_null(fake_kernel.allowed);
}

static void line(void **state)
{
    (void)state;
    assert_int_equal(app_printf("%s %d\n", "count", -3), 9);
    assert_written("count -3\n", 1);
}

static void nothing(void **state)
{
    (void)state;
    assert_int_equal(app_printf("%s", ""), 0);
    assert_written("", 0);
}

/* Lengths around the buffer on the stack. */
static void any_length(void **state)
{
    (void)state;
    char text[301];
    for (int length = 90; length <= 300; length += length < 100 ? 1 : 50) {
        reset(NULL);
        memset(text, 'a' + length % 26, sizeof(text));
        text[length] = '\0';
        assert_int_equal(app_printf("%s", text), length);
        assert_written(text, 1);
    }
}

static void plain_text(void **state)
{
    (void)state;
    assert_true(app_puts("100 %d") >= 0);
    assert_written("100 %d\n", 1);
    assert_int_equal(app_putchar('x'), 'x');
    assert_written("100 %d\nx", 2);
}

static void errors_come_back(void **state)
{
    (void)state;
    fake_kernel.command_error = K_EBUSY;
    assert_int_equal(app_printf("text"), K_EBUSY);
    assert_int_equal(app_puts("text"), -1);
    assert_int_equal(app_putchar('x'), -1);
    assert_int_equal(console_print("text"), K_EBUSY);
    assert_written("", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(line, reset),
        cmocka_unit_test_setup(nothing, reset),
        cmocka_unit_test_setup(any_length, reset),
        cmocka_unit_test_setup(plain_text, reset),
        cmocka_unit_test_setup(errors_come_back, reset),
    };
    return cmocka_run_group_tests_name("apps/lib/printf", tests, NULL, NULL);
}
