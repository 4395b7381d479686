#include "kernel/capsules/console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct console_driver console;
static struct fake_uart uart;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_uart_init(&uart);
    console_init(&console, &uart.uart);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument)
{
    return fake_core_command(&console_driver_ops, &console, process, number, argument, 0);
}

static void allow_text(uint32_t process, char *text, uint32_t length)
{
    fake_core_allow(process, console_driver_ops.grant, ALLOW_READ_ONLY, ABI_CONSOLE_RO_WRITE, text,
                    length);
}

static void allow_read_buffer(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, console_driver_ops.grant, ALLOW_READ_WRITE, ABI_CONSOLE_RW_READ, bytes,
                    length);
}

static void write_text(uint32_t process, char *text)
{
    allow_text(process, text, (uint32_t)strlen(text));
    expect_success(command(process, ABI_CONSOLE_WRITE, (uint32_t)strlen(text)));
}

static void test_answers(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0));
    expect_failure(command(0, 4, 0), K_ENOSUPPORT);
}

static void test_write(void **state)
{
    (void)state;
    char text[] = "Hello, world\n";
    write_text(0, text);
    expect_no_upcall(0);
    expect_failure(command(0, ABI_CONSOLE_WRITE, 5), K_EBUSY);
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "Hello, world\n");
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 13, 0, 0);
    expect_no_upcall(0);
}

static void test_length_is_cut_to_the_buffer(void **state)
{
    (void)state;
    char text[] = "12345678";
    allow_text(0, text, 4);
    expect_success(command(0, ABI_CONSOLE_WRITE, 1000));
    allow_text(0, text, 8); /* too late for this write */
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 4, 0, 0);
    allow_text(0, text, 8);
    expect_success(command(0, ABI_CONSOLE_WRITE, 2));
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 2, 0, 0);
    assert_string_equal(uart.sent, "123412");
}

static void test_nothing_to_write(void **state)
{
    (void)state;
    expect_success(command(0, ABI_CONSOLE_WRITE, 10)); /* no buffer */
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 0, 0, 0);
    char text[] = "abc";
    allow_text(0, text, 3);
    expect_success(command(0, ABI_CONSOLE_WRITE, 0));
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 0, 0, 0);
    assert_int_equal(uart.sent_length, 0);
}

static void test_long_write_is_one_write(void **state)
{
    (void)state;
    char text[1001];
    for (uint32_t i = 0; i < 1000; i++) {
        text[i] = (char)('a' + i % 26);
    }
    text[1000] = 0;
    write_text(0, text);
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, text);
    assert_int_equal(uart.transmissions, (1000 + CONSOLE_TX_BYTES - 1) / CONSOLE_TX_BYTES);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 1000, 0, 0);
    expect_no_upcall(0);
}

/* Every line of the two is somewhere in the output as a whole, and both got their turn early. */
static void test_two_processes_keep_their_lines_whole(void **state)
{
    (void)state;
    char text[2][600] = {"", ""};
    for (int line = 0; line < 10; line++) {
        for (int process = 0; process < 2; process++) {
            char number[32];
            (void)snprintf(number, sizeof number, "%c-%d:", 'A' + process, line);
            strcat(text[process], number);
            strcat(text[process], process == 0 ? "a line of some length\n" : "short\n");
        }
    }
    write_text(0, text[0]);
    write_text(1, text[1]);
    fake_uart_run(&uart);
    assert_int_equal(uart.sent_length, strlen(text[0]) + strlen(text[1]));
    for (int line = 0; line < 10; line++) {
        char whole[64];
        (void)snprintf(whole, sizeof whole, "A-%d:a line of some length\n", line);
        assert_non_null(strstr(uart.sent, whole));
        (void)snprintf(whole, sizeof whole, "B-%d:short\n", line);
        assert_non_null(strstr(uart.sent, whole));
    }
    assert_true(strstr(uart.sent, "B-0") - uart.sent <= 64);
    assert_true(strstr(uart.sent, "A-9") > strstr(uart.sent, "B-6"));
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, (uint32_t)strlen(text[0]), 0, 0);
    expect_upcall(1, ABI_CONSOLE_UPCALL_WRITTEN, (uint32_t)strlen(text[1]), 0, 0);
}

/* A line longer than the buffer stays whole, one without end does not starve the others. */
static void test_long_lines(void **state)
{
    (void)state;
    char line[102];
    char endless[2001];
    char other[] = "other\n";
    memset(line, 'x', sizeof line);
    strcpy(&line[99], "\n");
    memset(endless, 'y', sizeof endless);
    endless[2000] = 0;
    write_text(0, line);
    write_text(1, other);
    fake_uart_run(&uart);
    assert_true(strstr(uart.sent, "other") == uart.sent + 100);
    fake_uart_forget_sent(&uart);
    write_text(0, endless);
    write_text(1, other);
    fake_uart_run(&uart);
    assert_true(strstr(uart.sent, "other") == uart.sent + CONSOLE_HOLD * CONSOLE_TX_BYTES);
    assert_int_equal(uart.sent_length, 2006);
}

static void test_writers_in_order_of_asking(void **state)
{
    (void)state;
    char a[] = "a\n";
    char b[] = "b\n";
    char c[] = "c\n";
    write_text(2, c);
    write_text(0, a);
    write_text(1, b);
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "c\na\nb\n");
}

static void test_buffer_revoked_or_shrunk(void **state)
{
    (void)state;
    char text[201];
    memset(text, 'z', 200);
    text[200] = 0;
    write_text(0, text);
    fake_core_run();
    allow_text(0, NULL, 0); /* 64 bytes are on the wire */
    fake_uart_run(&uart);
    assert_int_equal(uart.sent_length, 64);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 64, 0, 0);
    write_text(0, text);
    fake_core_run();
    allow_text(0, text, 70);
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 70, 0, 0);
    expect_no_upcall(0);
}

static void test_writer_gone(void **state)
{
    (void)state;
    char text[201];
    char other[] = "other\n";
    memset(text, 'z', 200);
    text[200] = 0;
    write_text(0, text);
    fake_core_run();
    write_text(1, other);
    fake_core_restart(0);
    fake_uart_run(&uart);
    expect_no_upcall(0);
    assert_int_equal(uart.sent_length, 64 + 6);
    expect_upcall(1, ABI_CONSOLE_UPCALL_WRITTEN, 6, 0, 0);
    write_text(0, other);
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 6, 0, 0);
}

static void test_refused_and_lost(void **state)
{
    (void)state;
    char text[] = "text\n";
    uart.refuse = K_EFAIL;
    write_text(0, text);
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 0, 0, 0);
    fake_core_queue_limit(0, 0);
    write_text(0, text);
    fake_uart_run(&uart);
    assert_int_equal(fake_core_upcalls_lost(0), 1);
    fake_core_queue_limit(0, 10);
    write_text(0, text); /* not BUSY for ever */
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_WRITTEN, 5, 0, 0);
}

static void test_no_memory(void **state)
{
    (void)state;
    fake_core_exhaust(0);
    expect_failure(command(0, ABI_CONSOLE_WRITE, 5), K_ENOMEM);
    expect_failure(command(0, ABI_CONSOLE_READ, 5), K_EINVAL); /* no buffer either */
    fake_uart_run(&uart);
    assert_int_equal(uart.sent_length, 0);
}

static void feed(const char *text)
{
    for (; *text != 0; text++) {
        assert_true(fake_uart_feed(&uart, (uint8_t)*text));
    }
}

static void test_read(void **state)
{
    (void)state;
    char bytes[8] = "........";
    allow_read_buffer(0, bytes, 5);
    expect_success(command(0, ABI_CONSOLE_READ, 8)); /* min(8, 5) */
    expect_failure(command(0, ABI_CONSOLE_READ, 5), K_EBUSY);
    feed("abcd");
    expect_no_upcall(0);
    feed("e");
    expect_upcall(0, ABI_CONSOLE_UPCALL_READ, 0, 5, 0);
    assert_memory_equal(bytes, "abcde...", 8);
    assert_false(fake_uart_feed(&uart, 'f'));
}

static void test_read_limits(void **state)
{
    (void)state;
    char bytes[100];
    expect_failure(command(0, ABI_CONSOLE_READ, 1), K_EINVAL);
    allow_read_buffer(0, bytes, 100);
    expect_failure(command(0, ABI_CONSOLE_READ, 65), K_EINVAL);
    expect_failure(command(0, ABI_CONSOLE_READ, 0), K_EINVAL);
    allow_read_buffer(1, bytes, 64);
    expect_success(command(1, ABI_CONSOLE_READ, 100));
    expect_failure(command(0, ABI_CONSOLE_READ, 1), K_EBUSY);
}

static void test_read_abort(void **state)
{
    (void)state;
    char bytes[8] = "........";
    expect_success(command(0, ABI_CONSOLE_ABORT_READ, 0)); /* nothing to abort */
    fake_uart_run(&uart);
    expect_no_upcall(0);
    allow_read_buffer(0, bytes, 8);
    expect_success(command(0, ABI_CONSOLE_READ, 8));
    feed("xy");
    expect_success(command(1, ABI_CONSOLE_ABORT_READ, 0)); /* somebody else's is not touched */
    fake_uart_run(&uart);
    expect_no_upcall(0);
    expect_success(command(0, ABI_CONSOLE_ABORT_READ, 0));
    expect_no_upcall(0);
    fake_uart_run(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_READ, ABI_CANCEL, 2, 0);
    assert_memory_equal(bytes, "xy......", 8);
    expect_success(command(0, ABI_CONSOLE_READ, 1));
    fake_uart_line_error(&uart);
    expect_upcall(0, ABI_CONSOLE_UPCALL_READ, ABI_FAIL, 0, 0);
}

static void test_read_buffer_shrunk(void **state)
{
    (void)state;
    char bytes[8] = "........";
    allow_read_buffer(0, bytes, 4);
    expect_success(command(0, ABI_CONSOLE_READ, 4));
    allow_read_buffer(0, bytes, 1);
    feed("abcd");
    expect_upcall(0, ABI_CONSOLE_UPCALL_READ, 0, 1, 0);
    assert_memory_equal(bytes, "a.......", 8);
    expect_success(command(0, ABI_CONSOLE_READ, 1));
    allow_read_buffer(0, NULL, 0);
    feed("b");
    expect_upcall(0, ABI_CONSOLE_UPCALL_READ, 0, 0, 0);
}

/* What was typed for a process that has ended goes to nobody, and the next reader need not wait. */
static void test_reader_gone(void **state)
{
    (void)state;
    char bytes[8] = "........";
    char other[8] = "........";
    allow_read_buffer(0, bytes, 8);
    expect_success(command(0, ABI_CONSOLE_READ, 8));
    feed("secret");
    fake_core_restart(0);
    allow_read_buffer(1, other, 3);
    expect_success(command(1, ABI_CONSOLE_READ, 3));
    fake_uart_run(&uart);
    feed("new");
    expect_upcall(1, ABI_CONSOLE_UPCALL_READ, 0, 3, 0);
    assert_memory_equal(other, "new.....", 8);
    assert_memory_equal(bytes, "........", 8);
    expect_no_upcall(0);
}

static void test_reader_gone_and_next_aborts(void **state)
{
    (void)state;
    char bytes[8] = "........";
    allow_read_buffer(0, bytes, 8);
    expect_success(command(0, ABI_CONSOLE_READ, 8));
    feed("secret");
    fake_core_end(0);
    allow_read_buffer(1, bytes, 3);
    expect_success(command(1, ABI_CONSOLE_READ, 3));
    expect_success(command(1, ABI_CONSOLE_ABORT_READ, 0));
    fake_uart_run(&uart);
    expect_upcall(1, ABI_CONSOLE_UPCALL_READ, ABI_CANCEL, 0, 0);
    assert_memory_equal(bytes, "........", 8);
    expect_success(command(1, ABI_CONSOLE_READ, 1));
    feed("k");
    expect_upcall(1, ABI_CONSOLE_UPCALL_READ, 0, 1, 0);
}

static void test_both_readers_gone(void **state)
{
    (void)state;
    char bytes[8];
    allow_read_buffer(0, bytes, 8);
    expect_success(command(0, ABI_CONSOLE_READ, 8));
    fake_core_end(0);
    allow_read_buffer(1, bytes, 3);
    expect_success(command(1, ABI_CONSOLE_READ, 3));
    fake_core_end(1);
    fake_uart_run(&uart);
    allow_read_buffer(2, bytes, 1);
    expect_success(command(2, ABI_CONSOLE_READ, 1));
    fake_uart_run(&uart);
    feed("k");
    expect_upcall(2, ABI_CONSOLE_UPCALL_READ, 0, 1, 0);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers),
        TEST(test_write),
        TEST(test_length_is_cut_to_the_buffer),
        TEST(test_nothing_to_write),
        TEST(test_long_write_is_one_write),
        TEST(test_two_processes_keep_their_lines_whole),
        TEST(test_long_lines),
        TEST(test_writers_in_order_of_asking),
        TEST(test_buffer_revoked_or_shrunk),
        TEST(test_writer_gone),
        TEST(test_refused_and_lost),
        TEST(test_no_memory),
        TEST(test_read),
        TEST(test_read_limits),
        TEST(test_read_abort),
        TEST(test_read_buffer_shrunk),
        TEST(test_reader_gone),
        TEST(test_reader_gone_and_next_aborts),
        TEST(test_both_readers_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
