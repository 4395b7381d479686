#include "kernel/capsules/app_install.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/capsules/tests/fake_app_control.h"
#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

static struct app_install install;
static struct app_control_user user;
static struct fake_uart uart;
static const struct hil_delay_client *delay_client;
static uint32_t delays;
static bool taken;

static void delay_start(void *self, uint32_t microseconds)
{
    (void)self;
    assert_int_equal(microseconds, APP_INSTALL_SILENCE_US);
    delays++;
}

static void delay_set_client(void *self, const struct hil_delay_client *client)
{
    (void)self;
    delay_client = client;
}

static const struct hil_delay_ops delay_ops = {.start = delay_start,
                                               .set_client = delay_set_client};
static const struct hil_delay delay = {&delay_ops, NULL};

static int take(void *self, bool take_it)
{
    (void)self;
    taken = take_it;
    return K_OK;
}

static const struct hil_uart_input_ops input_ops = {take};
static const struct hil_uart_input input = {&input_ops, NULL, NULL};

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_app_control = (struct fake_app_control){.user = NULL};
    taken = false;
    delays = 0;
    fake_uart_init(&uart);
    app_install_init(&install, &uart.uart, &input, &delay, &user);
    return 0;
}

/* Bit by bit, from the highest power down, of reversed bytes: not the capsule's way. */
static uint32_t crc_of(const uint8_t *bytes, size_t count)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < count * 8; i++) {
        uint32_t bit = (uint32_t)bytes[i / 8] >> (i % 8) & 1u;
        bool high = crc >> 31 != bit;
        crc = crc << 1 ^ (high ? 0x04C11DB7u : 0u);
    }
    uint32_t reversed = 0;
    for (uint32_t i = 0; i < 32; i++) {
        reversed |= (crc >> i & 1u) << (31u - i);
    }
    return ~reversed;
}

static void feed(const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(fake_uart_feed(&uart, bytes[i]));
    }
}

static void put_word(uint8_t *at, uint32_t word)
{
    for (uint32_t i = 0; i < 4; i++) {
        at[i] = (uint8_t)(word >> (8 * i));
    }
}

/* `spoil` changes one byte. */
static void send_frame(char type, uint8_t number, const uint8_t *payload, uint8_t length,
                       uint32_t spoil)
{
    uint8_t frame[5 + 255 + 4] = {0x01, 0x53, (uint8_t)type, number, length};
    if (length > 0) {
        memcpy(frame + 5, payload, length);
    }
    put_word(frame + 5 + length, crc_of(frame + 2, 3u + length));
    if (spoil != 0) {
        frame[spoil] ^= 0x10;
    }
    feed(frame, 9u + length);
}

static void send_words(char type, uint8_t number, uint32_t first, uint32_t second)
{
    uint8_t payload[8];
    put_word(payload, first);
    put_word(payload + 4, second);
    send_frame(type, number, payload, sizeof payload, 0);
}

/* What was answered; fails when it is no whole frame with a right check. */
static void expect_bytes(char type, uint8_t number, uint8_t status, const char *rest, size_t length)
{
    fake_uart_run(&uart);
    const uint8_t *sent = (const uint8_t *)uart.sent;
    assert_int_equal(uart.sent_length, 10 + length);
    assert_int_equal(sent[0], 0x01);
    assert_int_equal(sent[1], 0x53);
    assert_int_equal(sent[2], type);
    assert_int_equal(sent[3], number);
    assert_int_equal(sent[4], 1 + length);
    assert_int_equal(sent[5], status);
    assert_memory_equal(sent + 6, rest, length);
    uint8_t check[4];
    put_word(check, crc_of(sent + 2, 4 + length));
    assert_memory_equal(sent + 6 + length, check, 4);
    fake_uart_forget_sent(&uart);
}

static void expect_answer(char type, uint8_t number, uint8_t status, const char *rest)
{
    expect_bytes(type, number, status, rest, strlen(rest));
}

static void expect_silence(void)
{
    fake_uart_run(&uart);
    assert_int_equal(uart.sent_length, 0);
}

static void wake(void)
{
    fake_uart_type(&uart, "\x03install\r");
    assert_true(taken);
    expect_answer('H', 0, 0, "\x01\x80\x05");
}

static void test_only_the_whole_line_wakes_it(void **state)
{
    (void)state;
    fake_uart_type(&uart, "installed\rxinstall\rinstal\rinstall\x03\r\n install\r");
    assert_false(taken);
    expect_silence();
    wake();
}

static void test_an_installation(void **state)
{
    (void)state;
    uint8_t piece[132] = {0};
    wake();
    send_words('B', 1, 1024, 0xFFFFFFFF);
    expect_silence();
    assert_int_equal(fake_app_control.argument[0], 1024);
    fake_app_control_end(K_OK);
    expect_answer('B', 1, 0, "");
    memset(piece + 4, 0x5A, 128);
    send_frame('W', 2, piece, 132, 0);
    fake_app_control_end(K_OK);
    expect_answer('W', 2, 0, "");
    assert_int_equal(fake_app_control.image[127], 0x5A);
    send_frame('S', 3, NULL, 0, 0);
    assert_int_equal(fake_app_control.asked, 'f');
    assert_int_equal(fake_app_control.argument[0], false);
    fake_app_control_end(K_OK);
    assert_int_equal(fake_app_control.asked, 'l');
    expect_silence();
    fake_app_control_end(K_OK);
    expect_answer('S', 3, 0, "");
    send_frame('Q', 4, NULL, 0, 0);
    expect_answer('Q', 4, 0, "");
    assert_false(taken);
    assert_int_equal(fake_app_control.aborts, 0);
}

static void test_what_comes_again_is_answered_and_not_done_again(void **state)
{
    (void)state;
    wake();
    send_words('B', 1, 1024, 0);
    send_words('B', 1, 1024, 0); /* while it is being done */
    fake_app_control_end(K_OK);
    expect_answer('B', 1, 0, "");
    send_words('B', 1, 1024, 0);
    expect_answer('B', 1, 0, "");
    assert_int_equal(fake_app_control.count, 1);
}

/* A length that no frame has is no beginning: what follows at once is heard. */
static void test_a_frame_that_is_too_long(void **state)
{
    (void)state;
    wake();
    for (uint32_t length = 133; length <= 255; length++) {
        const uint8_t head[5] = {0x01, 0x53, 'W', 1, (uint8_t)length};
        feed(head, sizeof head);
        send_words('B', (uint8_t)length, 1024, 0);
        assert_int_equal(fake_app_control.count, length - 132);
        fake_app_control_end(K_EBUSY);
        fake_uart_run(&uart);
        fake_uart_forget_sent(&uart);
    }
}

static void test_spoilt_frames_and_noise(void **state)
{
    (void)state;
    uint8_t noise[600];
    uint32_t x = 1;
    wake();
    for (uint32_t at = 0; at < 17; at++) {
        uint8_t payload[8] = {0};
        send_frame('B', 1, payload, sizeof payload, at);
        /* Byte 0 is spoilt by nothing: that one is right. */
        if (at == 0) {
            fake_app_control_end(K_OK);
            expect_answer('B', 1, 0, "");
        }
        /* What still waits for bytes gets them. */
        memset(noise, 0, sizeof noise);
        feed(noise, 200);
    }
    expect_silence();
    for (uint32_t i = 0; i < sizeof noise; i++) {
        x = x * 1664525u + 1013904223u;
        noise[i] = (uint8_t)(x >> 24 & ((x & 0x700) == 0 ? 0x03u : 0xFFu));
    }
    for (uint32_t i = 0; i < 50; i++) {
        feed(noise, sizeof noise - i);
    }
    memset(noise, 0, sizeof noise);
    feed(noise, 200);
    expect_silence();
    send_frame('L', 9, noise, 4, 0);
    expect_bytes('L', 9, 0, "\x04\0\0", 4);
}

static void test_silence_ends_it(void **state)
{
    (void)state;
    wake();
    send_words('B', 1, 1024, 0);
    delay_client->elapsed(delay_client->self); /* flash is slow: not yet */
    assert_true(taken);
    fake_app_control_end(K_OK);
    expect_answer('B', 1, 0, "");
    delay_client->elapsed(delay_client->self);
    assert_false(taken);
    assert_int_equal(fake_app_control.aborts, 1);
    fake_app_control_end(K_OK);
    expect_silence();
    wake();
}

static void test_a_new_host_undoes_what_the_old_one_began(void **state)
{
    (void)state;
    wake();
    send_words('B', 1, 1024, 0);
    fake_app_control_end(K_OK);
    expect_answer('B', 1, 0, "");
    send_frame('H', 0, NULL, 0, 0);
    assert_int_equal(fake_app_control.aborts, 1);
    fake_app_control_end(K_OK);
    expect_answer('H', 0, 0, "\x01\x80\x05");
}

static void test_refusals_say_why(void **state)
{
    (void)state;
    wake();
    fake_app_control.refuse = K_ENOMEM;
    fake_app_control.why = TEXT_NO_ROOM_IN_FLASH;
    send_words('B', 1, 1024, 0);
    expect_answer('B', 1, ABI_NOMEM, "there is no room in flash");
    send_frame('B', 2, NULL, 0, 0);
    expect_answer('B', 2, ABI_INVAL, "the frame is too short");
    send_frame('X', 3, NULL, 0, 0);
    expect_answer('X', 3, ABI_NOSUPPORT, "there is no room in flash");
    assert_int_equal(fake_app_control.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_only_the_whole_line_wakes_it, begin),
        cmocka_unit_test_setup(test_an_installation, begin),
        cmocka_unit_test_setup(test_what_comes_again_is_answered_and_not_done_again, begin),
        cmocka_unit_test_setup(test_a_frame_that_is_too_long, begin),
        cmocka_unit_test_setup(test_spoilt_frames_and_noise, begin),
        cmocka_unit_test_setup(test_silence_ends_it, begin),
        cmocka_unit_test_setup(test_a_new_host_undoes_what_the_old_one_began, begin),
        cmocka_unit_test_setup(test_refusals_say_why, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
