#include "kernel/capsules/process_console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/capsules/tests/fake_control.h"
#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

#define PROMPT "sandglass$ "

static struct process_console console;
static struct fake_uart uart;

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    memset(&fake_control, 0, sizeof fake_control);
    fake_control.views[0] = (struct process_view){
        .id = {0x100},
        .name = SLICE_OF_TEXT("blink"),
        .state = ABI_PROCESS_YIELDED,
        .system_calls = 113,
        .grants_used = 1,
        .grants_total = 15,
    };
    fake_control.views[2] = (struct process_view){
        .id = {0x302},
        .index = 2,
        .short_id = 0x3BE6EFAA,
        .name = SLICE_OF_TEXT("trespass"),
        .state = ABI_PROCESS_FAULTED,
        .system_calls = 1234567,
        .slices_used_up = 42,
        .restarts = 3,
        .upcalls_pending = 1,
        .upcalls_dropped = 2,
        .grants_used = 12,
        .grants_total = 15,
        .completion_code = 7,
        .flash_start = 0x30000,
        .flash_end = 0x31000,
        .ram_start = 0x20004000,
        .app_break = 0x20004800,
        .grant_start = 0x20004C00,
        .ram_end = 0x20005000,
    };
    fake_uart_init(&uart);
    process_console_init(&console, &uart.uart);
    return 0;
}

static void type(const char *text)
{
    fake_uart_type(&uart, text);
}

static void expect_sent(const char *expected)
{
    assert_string_equal(uart.sent, expected);
    fake_uart_forget_sent(&uart);
}

/* A command and what it prints, between its echo and the next prompt. */
static void expect_output(const char *line, const char *expected)
{
    char all[4096];
    type("\r"); /* whatever was before, a prompt now */
    fake_uart_forget_sent(&uart);
    type(line);
    type("\r");
    (void)snprintf(all, sizeof all, "%s\r\n%s" PROMPT, line, expected);
    expect_sent(all);
}

static void test_silent_until_spoken_to(void **state)
{
    (void)state;
    fake_uart_run(&uart);
    expect_sent("");
    type("l");
    expect_sent(PROMPT "l");
}

static void test_list(void **state)
{
    (void)state;
    expect_output(
        "list",
        " PID    ShortID    Name                Quanta  Syscalls  Restarts  Grants  State\r\n"
        " 0      Unique     blink                    0       113         0   1/15   Yielded\r\n"
        " 2      0x3be6efaa trespass                42   1234567         3  12/15   Faulted\r\n");
}

static void test_list_says_why_an_app_is_not_there(void **state)
{
    (void)state;
    fake_control.refused_count = 2;
    fake_control.refused[0] =
        (struct refused_app_view){0x00030400, SLICE_OF_TEXT("off\x1b"), TEXT_APP_DISABLED};
    fake_control.refused[1] =
        (struct refused_app_view){0x00030800, SLICE_OF_TEXT(""), TEXT_APP_BAD_CHECKSUM};
    fake_control.views[2].name.length = 0;
    expect_output(
        "list",
        " PID    ShortID    Name                Quanta  Syscalls  Restarts  Grants  State\r\n"
        " 0      Unique     blink                    0       113         0   1/15   Yielded\r\n"
        " -      0x00030400 off? not loaded: it is disabled (flags bit 0)\r\n"
        " -      0x00030800 not loaded: its header's checksum is wrong\r\n");
}

static void test_status(void **state)
{
    (void)state;
    expect_output("status", "Total processes: 2\r\nActive processes: 1\r\n"
                            "Timeslice expirations: 42\r\n");
}

static void test_process(void **state)
{
    (void)state;
    expect_output(
        "process trespass",
        "trespass: PID 2, short ID 0x3be6efaa, Faulted, grants 12/15, completion code 7\r\n"
        "  system calls 1234567, slices used up 42, restarts 3, upcalls pending 1, "
        "dropped 2\r\n"
        "  Region        Start       End             Bytes\r\n"
        "  Grants        0x20004c00  0x20005000     1024\r\n"
        "  Free          0x20004800  0x20004c00     1024\r\n"
        "  App           0x20004000  0x20004800     2048\r\n"
        "  Flash         0x00030000  0x00031000     4096\r\n");
    fake_control.views[2].stack_top = 0x20004400;
    fake_control.views[2].heap_start = 0x20004480;
    type("process trespass\r");
    assert_non_null(strstr(uart.sent, "  Heap          0x20004480  0x20004800      896\r\n"
                                      "  Data          0x20004400  0x20004480      128\r\n"
                                      "  Stack         0x20004000  0x20004400     1024\r\n"));
    fake_uart_forget_sent(&uart);
    fake_control.views[2].stack_top = 0xFFFFFFFF; /* a lie */
    type("process trespass\r");
    assert_non_null(strstr(uart.sent, "  App           0x20004000"));
}

/* What each grant takes, those only that the process has. */
static void test_process_grants(void **state)
{
    (void)state;
    fake_control.grants[2][0] = (struct process_grant_view){
        .bytes = 40, .pieces = 1, .has_driver = true, .name = SLICE_OF_TEXT("alarm")};
    fake_control.grants[2][1] =
        (struct process_grant_view){.has_driver = true, .driver = 2, .name = SLICE_OF_TEXT("led")};
    fake_control.grants[2][2] =
        (struct process_grant_view){.bytes = 64, .pieces = 1, .has_driver = true, .driver = 65536};
    fake_control.grants[2][3] = (struct process_grant_view){.bytes = 128, .pieces = 5};
    type("process trespass\r");
    assert_non_null(strstr(uart.sent,
                           "  Flash         0x00030000  0x00031000     4096\r\n"
                           "  Grant of 0x0 alarm                           40\r\n"
                           "  Grant of 0x10000                             64\r\n"
                           "  Grant of 5 pieces                           128\r\n" PROMPT));
}

static void test_kernel(void **state)
{
    (void)state;
    fake_control.kernel = (struct kernel_view){
        .text_end = 0x8000,
        .stack_start = 0x20000000,
        .stack_end = 0x20000800,
        .data_start = 0x20000800,
        .data_end = 0x20001800,
        .app_flash_start = 0x30000,
        .app_flash_end = 0x80000,
        .app_ram_start = 0x20001800,
        .app_ram_end = 0x20010000,
        .app_ram_free = 12345,
    };
    expect_output("kernel", "Kernel version: Sandglass 0.1.0\r\n"
                            "  Region        Start       End             Bytes\r\n"
                            "  Code          0x00000000  0x00008000    32768\r\n"
                            "  App flash     0x00030000  0x00080000   327680\r\n"
                            "  Stack         0x20000000  0x20000800     2048\r\n"
                            "  Data          0x20000800  0x20001800     4096\r\n"
                            "  App RAM       0x20001800  0x20010000    59392\r\n"
                            "  of which free: 12345\r\n");
}

static void test_help_names_every_command(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "list", "status", "process", "kernel", "stop",      "start",        "fault",
        "boot", "reset",  "panic",   "help",   "terminate", "console-stop", "console-start"};
    type("help\r");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_non_null(strstr(uart.sent, commands[i]));
    }
}

static void test_actions(void **state)
{
    (void)state;
    static const struct {
        const char *line, *output;
        enum abi_process_action action;
    } cases[] = {
        {"stop blink", "blink stopped\r\n", ABI_PROCESS_STOP},
        {"start blink", "blink started\r\n", ABI_PROCESS_START},
        {"fault blink", "blink faulted\r\n", ABI_PROCESS_FAULT},
        {"terminate blink", "blink terminated\r\n", ABI_PROCESS_TERMINATE},
        {"  boot   blink  ", "blink booted\r\n", ABI_PROCESS_BOOT},
        {"restart blink", "blink restarted\r\n", ABI_PROCESS_BOOT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_output(cases[i].line, cases[i].output);
        assert_int_equal(fake_control.action, cases[i].action);
        assert_int_equal(fake_control.acted_on.value, 0x100);
    }
    fake_control.answer = K_EALREADY;
    expect_output("start blink", "blink is so already\r\n");
    fake_control.answer = K_ENOMEM;
    expect_output("boot blink", "blink: refused, error 9\r\n");
}

static void test_wrong_lines(void **state)
{
    (void)state;
    expect_output("", "");
    expect_output("   ", "");
    expect_output("lis", "no such command, try help\r\n");
    expect_output("lists", "no such command, try help\r\n");
    expect_output("stop", "stop wants the name of a process\r\n");
    expect_output("stop blin", "no process of that name\r\n");
    expect_output("process nobody", "no process of that name\r\n");
    assert_int_equal(fake_control.action, 0);
}

static void test_reset_and_panic(void **state)
{
    (void)state;
    int how = setjmp(fake_control.after_end);
    if (how == 0) {
        type("reset\r");
        fail();
    }
    assert_int_equal(how, 1);
    begin(NULL);
    how = setjmp(fake_control.after_end);
    if (how == 0) {
        type("panic\r");
        fail();
    }
    assert_int_equal(how, 2);
    assert_int_equal(fake_control.panic_reason, TEXT_PANIC_ASKED_FOR);
}

/* Bytes that come while a command prints are worked on afterwards, as many as are kept. */
static void test_typing_ahead(void **state)
{
    (void)state;
    type("list");
    fake_uart_forget_sent(&uart);
    const char *keys = "\rstatus\r";
    for (; *keys != 0; keys++) {
        assert_true(fake_uart_feed(&uart, (uint8_t)*keys)); /* nothing is sent meanwhile */
    }
    fake_uart_run(&uart);
    assert_non_null(strstr(uart.sent, "Faulted\r\n" PROMPT));
    assert_non_null(strstr(uart.sent, "Total processes: 2\r\n"));
    fake_uart_forget_sent(&uart);
    for (int i = 0; i < 1000; i++) {
        assert_true(fake_uart_feed(&uart, 'x'));
    }
    fake_uart_run(&uart);
    assert_true(uart.sent_length <= PROCESS_CONSOLE_AHEAD + 1);
}

/* A byte comes in while one goes out, and lines are dropped: however the two fall upon each other,
 * nothing of the command behind is lost. */
static void test_dropped_lines_at_full_pace(void **state)
{
    for (uint32_t length = 1; length <= LINE_EDIT_BYTES; length++) {
        (void)begin(state);
        char keys[16 * (LINE_EDIT_BYTES + 1) + 8] = "";
        size_t count = 0;
        for (uint32_t line = 0; line < 16; line++) {
            memset(keys + count, 'x', length);
            count += length;
            keys[count++] = 0x03;
        }
        memcpy(keys + count, "status\r", 8);
        uint32_t on_wire = 0; /* bytes since the transmission under way began */
        for (const char *key = keys; *key != 0; key++) {
            on_wire += uart.sending.length > 0 ? 1 : 0;
            if (uart.sending.length > 0 && on_wire > uart.sending.length) {
                on_wire = 1;
                assert_true(fake_uart_step(&uart));
            }
            assert_true(fake_uart_feed(&uart, (uint8_t)*key));
        }
        fake_uart_run(&uart);
        assert_non_null(strstr(uart.sent, "Total processes: 2\r\n"));
    }
}

/* One transmission shows all that came during the one before: an echo byte by byte falls behind. */
static void test_echo_keeps_up(void **state)
{
    (void)state;
    type("l");
    fake_uart_forget_sent(&uart);
    for (const char *keys = "istening"; *keys != 0; keys++) {
        assert_true(fake_uart_feed(&uart, (uint8_t)*keys));
    }
    assert_true(fake_uart_step(&uart)); /* of the first byte */
    assert_true(fake_uart_step(&uart)); /* of all others */
    assert_false(fake_uart_step(&uart));
    expect_sent("istening");
}

static void test_process_ends_while_it_is_printed(void **state)
{
    (void)state;
    type("process trespass");
    fake_uart_forget_sent(&uart);
    assert_true(fake_uart_feed(&uart, '\r'));
    (void)fake_uart_step(&uart);
    fake_control.views[2].name.length = 0;
    fake_uart_run(&uart);
    assert_non_null(strstr(uart.sent, PROMPT));
    assert_null(strstr(uart.sent, "Flash"));
}

static void test_muted(void **state)
{
    (void)state;
    type("console-stop\r");
    fake_uart_forget_sent(&uart);
    type("list\rstop blink\r");
    expect_sent("");
    assert_int_equal(fake_control.action, 0);
    type("console-start\r");
    expect_sent(PROMPT);
    type("x");
    expect_sent("x");
}

/* The name comes from an image that anybody may have made. */
static void test_nasty_name(void **state)
{
    (void)state;
    fake_control.views[0].name =
        SLICE_OF_TEXT("\x1B[2J\r\x9B a name that is much longer than any sensible name would be");
    type("list\r");
    assert_null(strstr(uart.sent, "\x1B[2J"));
    assert_non_null(strstr(uart.sent, "?[2J?? a name that is much longer than a     0"));
    assert_non_null(strstr(uart.sent, "Yielded\r\n"));
}

static void test_lost_transmission_does_not_hang(void **state)
{
    (void)state;
    type("list");
    uart.refuse = K_EFAIL;
    fake_uart_forget_sent(&uart);
    type("\r");
    assert_non_null(strstr(uart.sent, "Faulted\r\n" PROMPT));
}

static void test_history(void **state)
{
    (void)state;
    type("stop blink\r");
    fake_control.action = 0;
    fake_uart_forget_sent(&uart);
    type("\x1B[A\r");
    assert_int_equal(fake_control.action, ABI_PROCESS_STOP);
    expect_sent("\r" PROMPT "stop blink\x1B[K\r\nblink stopped\r\n" PROMPT);
}

/* A capsule may ask for any step: what is none says nothing, and takes no values. */
static void test_steps_that_are_none(void **state)
{
    (void)state;
    uint8_t room[TEXT_BYTES];
    struct text text = text_begin(SLICE_OF(room));
    for (uint32_t step = 0; step < 4; step++) {
        assert_int_equal(process_report_kernel(step, &text), step < 3);
    }
    for (uint32_t id = 0; id < TEXT_COUNT; id++) {
        uint32_t step = id - (uint32_t)TEXT_KERNEL_HEAD;
        if (step > 3) {
            text = text_begin(SLICE_OF(room));
            assert_false(process_report_kernel(step, &text));
            assert_int_equal(text_done(&text).length, 0);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_silent_until_spoken_to),
        TEST(test_list),
        TEST(test_list_says_why_an_app_is_not_there),
        TEST(test_status),
        TEST(test_process),
        TEST(test_process_grants),
        TEST(test_kernel),
        TEST(test_help_names_every_command),
        TEST(test_actions),
        TEST(test_wrong_lines),
        TEST(test_reset_and_panic),
        TEST(test_typing_ahead),
        TEST(test_dropped_lines_at_full_pace),
        TEST(test_echo_keeps_up),
        TEST(test_process_ends_while_it_is_printed),
        TEST(test_muted),
        TEST(test_nasty_name),
        TEST(test_lost_transmission_does_not_hang),
        TEST(test_history),
        TEST(test_steps_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
