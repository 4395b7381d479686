#include "kernel/capsules/aes_mux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_aes.h"
#include "kernel/capsules/tests/fake_core.h"

#define USERS 3u

struct user {
    struct aes_mux_port port;
    struct hil_aes_client client;
    struct dma_buffer request;
    uint8_t bytes[HIL_AES_REQUEST_BYTES];
    uint32_t done;
    int status;
    uint32_t again; /* so many more from inside the callback */
};

static struct fake_aes fake;
static struct aes_mux mux;
static struct user users[USERS];
static uint32_t order[16], order_count;

static void done(void *self, int status)
{
    struct user *user = self;
    assert_false(dma_buffer_is_lent(&user->request));
    user->done++;
    user->status = status;
    order[order_count++] = (uint32_t)(user - users);
    if (user->again > 0) {
        user->again--;
        assert_int_equal(hil_aes_encrypt(&user->port.aes, &user->request), K_OK);
    }
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_aes_init(&fake);
    memset(users, 0, sizeof users);
    order_count = 0;
    aes_mux_init(&mux, &fake.aes);
    for (uint32_t i = 0; i < USERS; i++) {
        struct user *user = &users[i];
        aes_mux_add_port(&mux, &user->port);
        user->client = (struct hil_aes_client){done, user, NULL};
        user->request = (struct dma_buffer)DMA_BUFFER_OF(user->bytes);
        memset(user->bytes, (int)(0x11u * (i + 1u)), 32); /* a key and a text of its own */
        hil_aes_set_client(&user->port.aes, &user->client);
    }
    return 0;
}

static int ask(uint32_t i)
{
    return hil_aes_encrypt(&users[i].port.aes, &users[i].request);
}

static void expect_cipher(uint32_t i)
{
    uint8_t wanted[HIL_AES_BYTES];
    openssl_aes("AES-128-ECB", true, users[i].bytes, NULL, users[i].bytes + HIL_AES_CLEAR,
                HIL_AES_BYTES, wanted);
    assert_memory_equal(users[i].bytes + HIL_AES_CIPHER, wanted, HIL_AES_BYTES);
}

static void test_each_gets_its_own(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < USERS; i++) {
        assert_int_equal(ask(i), K_OK);
        assert_true(dma_buffer_is_lent(&users[i].request));
        assert_int_equal(ask(i), K_EBUSY);
    }
    fake_aes_run(&fake);
    for (uint32_t i = 0; i < USERS; i++) {
        assert_int_equal(users[i].done, 1);
        assert_int_equal(users[i].status, K_OK);
        expect_cipher(i);
    }
}

/* With another buffer, too: a port has one request under way or waiting. */
static void test_one_at_a_time(void **state)
{
    (void)state;
    struct dma_buffer other = {users[2].bytes, sizeof users[2].bytes, NULL, NULL, false};
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(ask(i), K_OK);
        assert_int_equal(hil_aes_encrypt(&users[i].port.aes, &other), K_EBUSY);
        assert_false(dma_buffer_is_lent(&other));
    }
    fake_aes_run(&fake);
    assert_true(users[0].done == 1 && users[1].done == 1);
    expect_cipher(1);
}

static void test_turns(void **state)
{
    (void)state;
    const uint32_t wanted[] = {0, 2, 0, 2, 0, 0};
    users[0].again = 3;
    users[2].again = 1;
    assert_int_equal(ask(0), K_OK);
    assert_int_equal(ask(2), K_OK);
    fake_aes_run(&fake);
    assert_int_equal(order_count, 6);
    assert_memory_equal(order, wanted, sizeof wanted);
}

static void test_failure_is_whose_it_is(void **state)
{
    (void)state;
    fake.fail = K_EFAIL;
    assert_int_equal(ask(1), K_OK);
    assert_int_equal(ask(2), K_OK);
    fake_aes_run(&fake);
    assert_int_equal(users[1].status, K_EFAIL);
    assert_int_equal(users[2].status, K_OK);
}

static void test_refusals(void **state)
{
    (void)state;
    fake.refuse = K_EFAIL; /* at once */
    assert_int_equal(ask(0), K_EFAIL);
    assert_false(dma_buffer_is_lent(&users[0].request));
    assert_int_equal(ask(0), K_OK);
    assert_int_equal(ask(1), K_OK); /* and of one that has waited: the next goes on */
    assert_int_equal(ask(2), K_OK);
    fake.refuse = K_EFAIL;
    fake_aes_run(&fake);
    assert_int_equal(users[0].status, K_OK);
    assert_int_equal(users[1].status, K_EFAIL);
    assert_int_equal(users[2].status, K_OK);
    expect_cipher(2);
    struct dma_buffer small = {users[0].bytes, HIL_AES_REQUEST_BYTES - 1u, NULL, NULL, false};
    assert_int_equal(hil_aes_encrypt(&users[0].port.aes, &small), K_ESIZE);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_gets_its_own),      TEST(test_one_at_a_time), TEST(test_turns),
        TEST(test_failure_is_whose_it_is), TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
