#include "kernel/capsules/flash_mux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_flash.h"

#define PORTS  3u
#define SECTOR HIL_FLASH_SECTOR_BYTES
#define NONE   1 /* no status */

static struct flash_mux mux;
static struct flash_mux_port ports[PORTS];
static struct fake_flash flash;

static struct user {
    struct hil_flash_client client;
    struct dma_buffer buffer;
    uint8_t bytes[HIL_FLASH_PAGE_BYTES];
    int status;
    uint32_t calls;
    bool asks_again;
} users[PORTS];

static void done(void *self, int status)
{
    struct user *user = self;
    user->status = status;
    user->calls++;
    assert_false(dma_buffer_is_lent(&user->buffer));
    if (user->asks_again) {
        const struct hil_flash *port = &ports[user - users].flash;
        assert_int_equal(hil_flash_read(port, 0, &user->buffer, 8), K_OK);
    }
}

/* Sector 0 is nobody's, then one for the first port, two for the second, the rest. */
static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_flash_init(&flash);
    flash_mux_init(&mux, &flash.flash);
    flash_mux_add_port(&mux, &ports[0], SECTOR, SECTOR);
    flash_mux_add_port(&mux, &ports[1], 2 * SECTOR, 2 * SECTOR);
    flash_mux_add_port(&mux, &ports[2], 4 * SECTOR, FAKE_FLASH_BYTES - 4 * SECTOR);
    for (uint32_t i = 0; i < PORTS; i++) {
        users[i] = (struct user){.client = {done, &users[i], NULL},
                                 .buffer = DMA_BUFFER_OF(users[i].bytes),
                                 .status = NONE};
        hil_flash_set_client(&ports[i].flash, &users[i].client);
    }
    return 0;
}

static int program(uint32_t user, uint32_t address, uint8_t value)
{
    memset(users[user].bytes, value, 8);
    return hil_flash_program(&ports[user].flash, address, &users[user].buffer, 8);
}

static void run(void)
{
    do {
        fake_core_run();
    } while (fake_flash_step(&flash, K_OK));
}

static void each_port_is_a_part(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PORTS; i++) {
        assert_int_equal(program(i, 256, (uint8_t)(0x10 + i)), K_OK);
        assert_int_equal(users[i].status, NONE); /* never from inside */
    }
    run();
    for (uint32_t i = 0; i < PORTS; i++) {
        assert_int_equal(users[i].status, K_OK);
    }
    assert_int_equal(flash.memory[256], 0xFF);
    assert_int_equal(flash.memory[SECTOR + 256], 0x10);
    assert_int_equal(flash.memory[2 * SECTOR + 256], 0x11);
    assert_int_equal(flash.memory[4 * SECTOR + 256], 0x12);
    assert_int_equal(hil_flash_erase(&ports[1].flash, SECTOR), K_OK);
    run();
    assert_int_equal(flash.address, 3 * SECTOR);
    assert_int_equal(hil_flash_read(&ports[1].flash, 256, &users[1].buffer, 8), K_OK);
    memset(users[1].bytes, 0, 8);
    run();
    assert_int_equal(users[1].bytes[7], 0x11);
    assert_int_equal(users[1].calls, 3);
}

static void nothing_outside(void **state)
{
    (void)state;
    assert_int_equal(ports[0].flash.size_bytes, SECTOR);
    assert_int_equal(ports[1].flash.size_bytes, 2 * SECTOR);
    const uint32_t outside[] = {2 * SECTOR, 2 * SECTOR + 256, 0u - 256u, 0u - SECTOR, 2, 252};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        assert_int_equal(program(1, outside[i], 0), K_EINVAL);
        assert_int_equal(hil_flash_read(&ports[1].flash, outside[i], &users[1].buffer, 8),
                         K_EINVAL);
        assert_int_equal(hil_flash_erase(&ports[1].flash, outside[i]), K_EINVAL);
        assert_false(dma_buffer_is_lent(&users[1].buffer));
    }
    run();
    assert_int_equal(flash.changes, 0);
    assert_int_equal(users[1].calls, 0);
    /* Parts that are none. */
    struct flash_mux_port odd;
    flash_mux_add_port(&mux, &odd, SECTOR / 2, SECTOR);
    assert_int_equal(odd.flash.size_bytes, 0);
    begin(NULL);
    flash_mux_add_port(&mux, &odd, FAKE_FLASH_BYTES, SECTOR);
    assert_int_equal(odd.flash.size_bytes, 0);
    begin(NULL);
    flash_mux_add_port(&mux, &odd, SECTOR, 0u - SECTOR);
    assert_int_equal(odd.flash.size_bytes, 0);
    assert_int_equal(hil_flash_erase(&odd.flash, 0), K_EINVAL);
}

static void one_each_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(program(0, 0, 1), K_OK);
    assert_int_equal(hil_flash_erase(&ports[0].flash, 0), K_EBUSY);
    fake_core_run();
    assert_int_equal(hil_flash_erase(&ports[0].flash, 0), K_EBUSY);
    assert_int_equal(hil_flash_erase(&ports[1].flash, 0), K_OK);
    run();
    assert_int_equal(users[0].status, K_OK);
    assert_int_equal(users[1].status, K_OK);
}

/* Two that ask again at once, and one in between that asks once. */
static void they_take_turns(void **state)
{
    (void)state;
    users[0].asks_again = users[2].asks_again = true;
    for (uint32_t i = 0; i < PORTS; i++) {
        assert_int_equal(hil_flash_read(&ports[i].flash, 0, &users[i].buffer, 8), K_OK);
    }
    for (uint32_t i = 0; i < 9; i++) {
        fake_core_run();
        assert_true(fake_flash_step(&flash, K_OK));
    }
    assert_int_equal(users[0].calls, 4);
    assert_int_equal(users[1].calls, 1);
    assert_int_equal(users[2].calls, 4);
}

static void what_the_flash_refuses_is_told(void **state)
{
    (void)state;
    flash.refuse = K_ENODEVICE;
    assert_int_equal(program(0, 0, 1), K_OK);
    assert_int_equal(program(1, 0, 1), K_OK);
    run();
    assert_int_equal(users[0].status, K_ENODEVICE);
    assert_int_equal(users[1].status, K_OK);
    assert_int_equal(program(0, 0, 1), K_OK);
    fake_core_run();
    assert_true(fake_flash_step(&flash, K_EFAIL));
    assert_int_equal(users[0].status, K_EFAIL);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_port_is_a_part),
        TEST(nothing_outside),
        TEST(one_each_at_a_time),
        TEST(they_take_turns),
        TEST(what_the_flash_refuses_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
