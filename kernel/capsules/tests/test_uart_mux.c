#include "kernel/capsules/uart_mux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"
#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_hil.h"

/* A user of a port: what it still wants to send, and what it has been told. */
struct user {
    struct uart_mux_port port;
    struct hil_uart_client client;
    const char *more[8]; /* sent one after the other, each from the callback of the one before */
    uint32_t next;
    uint32_t transmitted;
    int status;
    uint32_t received;
    uint32_t receptions;
    struct dma_buffer out, in;
    uint8_t text[64];
    uint8_t bytes[4];
    uint32_t again; /* bytes to receive from inside the callback */
};

static struct uart_mux mux;
static struct fake_uart uart;
static struct user users[3];

static int send_text(struct user *user, const char *text)
{
    struct const_slice bytes = {(const uint8_t *)text, (uint32_t)strlen(text)};
    assert_true(bytes.length <= sizeof user->text);
    (void)dma_buffer_copy_in(&user->out, 0, bytes);
    return hil_uart_transmit(&user->port.uart, &user->out, 0, bytes.length);
}

static void on_transmitted(void *self, int status)
{
    struct user *user = self;
    user->transmitted++;
    user->status = status;
    if (user->more[user->next] != NULL) {
        assert_int_equal(send_text(user, user->more[user->next]), K_OK);
        user->next++;
    }
}

static int receive(struct user *user, uint32_t count)
{
    return hil_uart_receive(&user->port.uart, &user->in, 0, count);
}

static void on_received(void *self, uint32_t count, int status)
{
    struct user *user = self;
    user->receptions++;
    user->received = count;
    user->status = status;
    if (user->again > 0) {
        assert_int_equal(receive(user, user->again), K_OK);
    }
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_uart_init(&uart);
    uart_mux_init(&mux, &uart.uart);
    memset(users, 0, sizeof users);
    for (int i = 0; i < 3; i++) {
        struct user *user = &users[i];
        uart_mux_add_port(&mux, &user->port);
        user->client = (struct hil_uart_client){on_transmitted, on_received, user, NULL};
        user->out = (struct dma_buffer)DMA_BUFFER_OF(user->text);
        user->in = (struct dma_buffer)DMA_BUFFER_OF(user->bytes);
        hil_uart_set_client(&user->port.uart, &user->client);
    }
    return 0;
}

static int abort_receive(struct user *user)
{
    return hil_uart_abort_receive(&user->port.uart);
}

static void test_transmit(void **state)
{
    (void)state;
    assert_int_equal(send_text(&users[0], ""), K_ESIZE);
    assert_int_equal(send_text(&users[0], "one\n"), K_OK);
    assert_int_equal(send_text(&users[0], "two\n"), K_EBUSY);
    fake_core_run();
    assert_int_equal(send_text(&users[0], "two\n"), K_EBUSY);
    assert_int_equal(users[0].transmitted, 0);
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "one\n");
    assert_int_equal(users[0].transmitted, 1);
    assert_int_equal(send_text(&users[0], "two\n"), K_OK);
}

static void test_ports_take_turns(void **state)
{
    (void)state;
    users[0].more[0] = "0b\n";
    users[0].more[1] = "0c\n";
    users[1].more[0] = "1b\n";
    (void)send_text(&users[0], "0a\n");
    (void)send_text(&users[1], "1a\n");
    (void)send_text(&users[2], "2a\n");
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "0a\n1a\n2a\n0b\n1b\n0c\n");
}

static void test_a_line_stays_whole(void **state)
{
    (void)state;
    users[0].more[0] = "middle ";
    users[0].more[1] = "end\n";
    users[0].more[2] = "next\n";
    (void)send_text(&users[0], "begin ");
    (void)send_text(&users[1], "other\n");
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "begin middle end\nother\nnext\n");
}

static void test_an_endless_line_starves_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++) {
        users[0].more[i] = "x";
    }
    (void)send_text(&users[0], "x");
    (void)send_text(&users[1], "other\n");
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "xxxxother\nxxxx");
}

/* The turn is not kept for a port that has nothing more to say. */
static void test_half_a_line_does_not_block(void **state)
{
    (void)state;
    (void)send_text(&users[0], "prompt> ");
    (void)send_text(&users[1], "other\n");
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "prompt> other\n");
}

static void test_refused_transmission_is_told(void **state)
{
    (void)state;
    uart.refuse = K_EFAIL;
    (void)send_text(&users[0], "lost\n");
    (void)send_text(&users[1], "kept\n");
    assert_int_equal(users[0].transmitted, 0);
    fake_uart_run(&uart);
    assert_int_equal(users[0].transmitted, 1);
    assert_int_equal(users[0].status, K_EFAIL);
    assert_string_equal(uart.sent, "kept\n");
}

static void feed(const char *text)
{
    for (; *text != 0; text++) {
        (void)fake_uart_feed(&uart, (uint8_t)*text);
    }
}

static void test_every_receiver_gets_a_copy(void **state)
{
    (void)state;
    assert_int_equal(receive(&users[0], 0), K_ESIZE);
    assert_int_equal(receive(&users[0], 2), K_OK);
    assert_int_equal(receive(&users[0], 2), K_EBUSY);
    assert_int_equal(receive(&users[2], 3), K_OK);
    feed("ab");
    assert_int_equal(users[0].receptions, 1);
    assert_int_equal(users[0].received, 2);
    assert_int_equal(users[2].receptions, 0);
    feed("c");
    assert_memory_equal(users[0].bytes, "ab", 2);
    assert_memory_equal(users[2].bytes, "abc", 3);
    assert_int_equal(users[1].receptions, 0);
    assert_false(fake_uart_feed(&uart, 'd')); /* nobody listens */
}

static int take(struct user *user, bool takes)
{
    return hil_uart_input_take(&user->port.input, takes);
}

static void test_one_takes_it_all(void **state)
{
    static const struct capsule mortal;
    (void)state;
    users[1].client.owner = &mortal;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(receive(&users[i], 4), K_OK);
    }
    assert_int_equal(take(&users[1], true), K_OK);
    assert_int_equal(take(&users[0], true), K_EBUSY);
    feed("a");
    assert_int_equal(take(&users[1], false), K_OK);
    feed("b");
    assert_memory_equal(users[0].bytes, "b", 1);
    assert_memory_equal(users[1].bytes, "ab", 2);
    /* Who dies with it has lost it. */
    assert_int_equal(take(&users[1], true), K_OK);
    feed("c");
    fake_core_kill(&mortal);
    feed("d");
    assert_memory_equal(users[0].bytes, "bd", 2);
    assert_int_equal(take(&users[0], true), K_OK);
}

static void test_receiving_again_from_the_callback(void **state)
{
    (void)state;
    users[0].again = 1;
    (void)receive(&users[0], 1);
    feed("abc");
    assert_int_equal(users[0].receptions, 3);
    assert_int_equal(users[0].bytes[0], 'c');
}

static void test_abort(void **state)
{
    (void)state;
    assert_int_equal(abort_receive(&users[0]), K_EALREADY);
    (void)receive(&users[0], 4);
    (void)receive(&users[1], 2);
    feed("a");
    assert_int_equal(abort_receive(&users[0]), K_OK);
    assert_int_equal(users[0].receptions, 0); /* not from inside the call */
    feed("b");
    fake_core_run();
    assert_int_equal(users[0].receptions, 1);
    assert_int_equal(users[0].received, 1);
    assert_int_equal(users[0].status, K_ECANCEL);
    assert_int_equal(users[1].received, 2);
    (void)receive(&users[0], 1);
    feed("cd"); /* one of them may have been on its way for nobody */
    assert_int_equal(users[0].receptions, 2);
}

static void test_line_error(void **state)
{
    (void)state;
    (void)receive(&users[0], 4);
    (void)receive(&users[1], 4);
    feed("a");
    fake_uart_line_error(&uart);
    assert_int_equal(users[0].status, K_EFAIL);
    assert_int_equal(users[0].received, 1);
    assert_int_equal(users[1].status, K_EFAIL);
}

/* From the call that hands it over to the callback, which has it back, and nobody else meanwhile.
 */
static void test_what_is_sent_is_lent(void **state)
{
    (void)state;
    struct user *user = &users[0];
    assert_int_equal(send_text(user, "one\n"), K_OK);
    assert_true(dma_buffer_is_lent(&user->out));
    assert_int_equal(dma_buffer_get(&user->out, 0), 0);
    fake_core_run(); /* on the wire */
    assert_true(dma_buffer_is_lent(&user->out));
    assert_int_equal(hil_uart_transmit(&users[1].port.uart, &user->out, 0, 4), K_EBUSY);
    assert_int_equal(hil_uart_receive(&users[1].port.uart, &user->out, 0, 4), K_EBUSY);
    assert_int_equal(hil_uart_receive(&uart.uart, &user->out, 0, 4), K_EBUSY);
    user->more[0] = "two\n"; /* written to the same buffer, from the callback */
    fake_uart_run(&uart);
    assert_string_equal(uart.sent, "one\ntwo\n");
    assert_false(dma_buffer_is_lent(&user->out));
}

static void test_refused_buffers_are_not_lent(void **state)
{
    (void)state;
    struct user *user = &users[0];
    assert_int_equal(hil_uart_transmit(&user->port.uart, &user->out, 60, 5), K_ESIZE);
    assert_int_equal(hil_uart_receive(&user->port.uart, &user->in, 4, 1), K_ESIZE);
    assert_int_equal(send_text(user, "one\n"), K_OK);
    assert_int_equal(hil_uart_transmit(&user->port.uart, &user->in, 0, 1), K_EBUSY);
    assert_false(dma_buffer_is_lent(&user->in));
    uart.refuse = K_EFAIL;
    fake_uart_run(&uart);
    assert_int_equal(user->status, K_EFAIL);
    assert_false(dma_buffer_is_lent(&user->out));
}

/* Another device has taken the buffer that waits at the port: the port's turn finds that out. */
static void test_a_buffer_lent_twice_goes_to_one_device(void **state)
{
    (void)state;
    struct user *user = &users[0];
    assert_int_equal(send_text(user, "one\n"), K_OK);
    assert_int_equal(hil_uart_receive(&uart.uart, &user->out, 0, 4), K_OK);
    fake_uart_run(&uart);
    assert_int_equal(user->transmitted, 1);
    assert_int_equal(user->status, K_EBUSY);
    assert_string_equal(uart.sent, "");
    assert_true(dma_buffer_is_lent(&user->out)); /* to the receiver */
}

static void test_what_is_filled_is_lent(void **state)
{
    (void)state;
    struct user *user = &users[0];
    assert_int_equal(hil_uart_receive(&user->port.uart, &user->in, 1, 2), K_OK);
    feed("a");
    assert_int_equal(dma_buffer_get(&user->in, 1), 0);
    assert_false(dma_buffer_put(&user->in, 1, 'x'));
    feed("b");
    assert_int_equal(user->receptions, 1);
    assert_memory_equal(user->bytes, "\0ab\0", 4);
    assert_int_equal(dma_buffer_get(&user->in, 1), 'a');
    assert_int_equal(receive(user, 2), K_OK);
    assert_int_equal(abort_receive(user), K_OK);
    assert_true(dma_buffer_is_lent(&user->in));
    fake_core_run();
    assert_false(dma_buffer_is_lent(&user->in));
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_transmit),
        TEST(test_ports_take_turns),
        TEST(test_a_line_stays_whole),
        TEST(test_an_endless_line_starves_nobody),
        TEST(test_half_a_line_does_not_block),
        TEST(test_refused_transmission_is_told),
        TEST(test_every_receiver_gets_a_copy),
        TEST(test_one_takes_it_all),
        TEST(test_receiving_again_from_the_callback),
        TEST(test_abort),
        TEST(test_line_error),
        TEST(test_what_is_sent_is_lent),
        TEST(test_refused_buffers_are_not_lent),
        TEST(test_a_buffer_lent_twice_goes_to_one_device),
        TEST(test_what_is_filled_is_lent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
