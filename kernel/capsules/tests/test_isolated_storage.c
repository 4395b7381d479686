#include "kernel/capsules/isolated_storage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_flash.h"

#define SIZE   NVM_POOL_BLOCK_BYTES
#define BLOCKS 4u /* three regions */

static struct isolated_storage_driver storage;
static struct nvm_pool pool;
static struct hil_flash_note notes[BLOCKS];
static struct fake_flash flash;
static uint8_t bytes[FAKE_PROCESSES][SIZE + 1u];

static void start(void)
{
    nvm_pool_init(&pool, &flash.flash, (struct hil_flash_notes)LIST_OF(notes));
    isolated_storage_init(&storage, &pool);
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_flash_init(&flash);
    start();
    return 0;
}

/* The power was away. */
static void restart(void)
{
    fake_core_reset();
    fake_flash_restart(&flash);
    start();
}

static void run(void)
{
    do {
        fake_core_run();
    } while (fake_flash_step(&flash, K_OK));
}

static command_return command(uint32_t process, uint32_t number, uint64_t offset)
{
    return fake_core_command(&isolated_storage_driver_ops, &storage, process, number,
                             (uint32_t)offset, (uint32_t)(offset >> 32));
}

static void lend(uint32_t process, uint32_t length)
{
    const struct grant *grant = isolated_storage_driver_ops.grant;
    fake_core_allow(process, grant, ALLOW_READ_WRITE, ABI_ISOLATED_STORAGE_RW_READ, bytes[process],
                    length);
    fake_core_allow(process, grant, ALLOW_READ_ONLY, ABI_ISOLATED_STORAGE_RO_WRITE, bytes[process],
                    length);
}

/* A command that ends in the upcall of its kind: (status, count, 0). */
static void expect_end(uint32_t process, uint32_t number, uint64_t offset, int status,
                       uint32_t count)
{
    expect_success(command(process, number, offset));
    expect_no_upcall(process);
    run();
    expect_upcall(process, number - ABI_ISOLATED_STORAGE_SIZE, (uint32_t)-status, count, 0);
    expect_no_upcall(process);
}

static void write_bytes(uint32_t process, uint32_t offset, uint8_t value, uint32_t length)
{
    memset(bytes[process], value, length);
    lend(process, length);
    expect_end(process, ABI_ISOLATED_STORAGE_WRITE, offset, K_OK, length);
}

/* Of what the last process had there, nothing is left in the kernel. */
static void expect_no_trace(void)
{
    for (uint32_t i = 0; i < sizeof pool.page_bytes; i++) {
        assert_int_equal(pool.page_bytes[i], 0);
    }
}

static void expect_bytes(uint32_t process, uint32_t offset, uint8_t value, uint32_t length)
{
    memset(bytes[process], 0xEE, sizeof bytes[process]);
    lend(process, length);
    expect_end(process, ABI_ISOLATED_STORAGE_READ, offset, K_OK, length);
    expect_no_trace();
    for (uint32_t i = 0; i < length; i++) {
        assert_int_equal(bytes[process][i], value);
    }
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    expect_end(0, ABI_ISOLATED_STORAGE_SIZE, 0, K_OK, SIZE);
    expect_bytes(0, 0, 0xFF, SIZE);
    assert_int_equal(flash.changes, 0);
    write_bytes(0, 5, 0x11, 300);
    write_bytes(0, SIZE - 1u, 0x22, 1);
    for (uint32_t round = 0; round < 2; round++) {
        expect_bytes(0, 0, 0xFF, 5);
        expect_bytes(0, 5, 0x11, 300);
        expect_bytes(0, 305, 0xFF, SIZE - 306u);
        expect_bytes(0, SIZE - 1u, 0x22, 1);
        restart();
    }
}

/* Tock's: permissions and BUSY are answers of the command, all else is told by the upcall. */
static void test_refusals(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0));
    expect_failure(command(0, 4, 0), K_ENOSUPPORT);
    expect_end(0, ABI_ISOLATED_STORAGE_READ, 0, K_ERESERVE, 0); /* no buffer */
    expect_end(0, ABI_ISOLATED_STORAGE_WRITE, 0, K_ERESERVE, 0);
    lend(0, 16);
    const uint64_t outside[] = {SIZE, SIZE - 15u, UINT32_MAX, 1ull << 32, UINT64_MAX};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        expect_end(0, ABI_ISOLATED_STORAGE_READ, outside[i], K_EINVAL, 0);
        expect_end(0, ABI_ISOLATED_STORAGE_WRITE, outside[i], K_EINVAL, 0);
    }
    lend(0, SIZE + 1u);
    expect_end(0, ABI_ISOLATED_STORAGE_WRITE, 0, K_EINVAL, 0);
    lend(0, 16);
    expect_success(command(0, ABI_ISOLATED_STORAGE_READ, 0));
    expect_failure(command(0, ABI_ISOLATED_STORAGE_WRITE, 0), K_EBUSY);
    expect_failure(command(0, ABI_ISOLATED_STORAGE_SIZE, 0), K_EBUSY);
    run();
    expect_upcall(0, ABI_ISOLATED_STORAGE_UPCALL_READ, 0, 16, 0);
    fake_storage_set_owner(1, 0);
    lend(1, 16);
    for (uint32_t number = 1; number < 4; number++) {
        expect_failure(command(1, number, 0), K_ENOSUPPORT);
    }
    fake_core_exhaust(2);
    expect_failure(command(2, ABI_ISOLATED_STORAGE_SIZE, 0), K_ENOMEM);
    assert_int_equal(flash.changes, 0);
}

static void test_what_the_permissions_say(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 16);
    fake_storage_permit(0, false, false);
    expect_failure(command(0, ABI_ISOLATED_STORAGE_READ, 0), K_ENOSUPPORT);
    expect_failure(command(0, ABI_ISOLATED_STORAGE_WRITE, 0), K_ENOSUPPORT);
    expect_end(0, ABI_ISOLATED_STORAGE_SIZE, 0, K_OK, SIZE);
    fake_storage_permit(0, true, false);
    expect_bytes(0, 0, 0x11, 16);
    expect_failure(command(0, ABI_ISOLATED_STORAGE_WRITE, 0), K_ENOSUPPORT);
    fake_storage_permit(0, false, true);
    write_bytes(0, 0, 0x12, 16);
    expect_failure(command(0, ABI_ISOLATED_STORAGE_READ, 0), K_ENOSUPPORT);
}

static void test_each_has_its_own(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x10, SIZE);
    write_bytes(1, 100, 0x20, 50);
    expect_bytes(0, 0, 0x10, SIZE);
    expect_bytes(1, 0, 0xFF, 100);
    expect_bytes(1, 100, 0x20, 50);
    expect_bytes(2, 0, 0xFF, SIZE);
    /* After a restart they may have another index; and two processes may be of one identifier. */
    restart();
    fake_storage_set_owner(0, 0x101);
    fake_storage_set_owner(1, 0x100);
    fake_storage_set_owner(2, 0x100);
    expect_bytes(0, 100, 0x20, 50);
    expect_bytes(1, 0, 0x10, SIZE);
    write_bytes(2, 0, 0x30, 8);
    expect_bytes(1, 0, 0x30, 8);
    expect_bytes(1, 8, 0x10, 8);
}

static void test_no_region_is_left(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        expect_end(i, ABI_ISOLATED_STORAGE_SIZE, 0, K_OK, SIZE);
        write_bytes(i, 0, (uint8_t)i, 16);
    }
    expect_end(3, ABI_ISOLATED_STORAGE_SIZE, 0, K_ENOMEM, 0);
    lend(3, 16);
    expect_end(3, ABI_ISOLATED_STORAGE_WRITE, 0, K_ENOMEM, 0);
    expect_bytes(3, 0, 0xFF, 16);
    /* Who has one changes it all the same. */
    for (uint32_t i = 0; i < 3; i++) {
        expect_end(i, ABI_ISOLATED_STORAGE_SIZE, 0, K_OK, SIZE);
        write_bytes(i, 8, 0x55, 16);
        expect_bytes(i, 0, (uint8_t)i, 8);
        expect_bytes(i, 8, 0x55, 16);
    }
}

static void test_they_take_turns(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        lend(i, 16);
        expect_success(command(i, ABI_ISOLATED_STORAGE_WRITE, 0));
    }
    /* Whoever is done asks again: nobody is passed over. */
    uint32_t done[3] = {0};
    for (uint32_t i = 0; i < 12; i++) {
        for (uint32_t before = done[0] + done[1] + done[2];
             before == done[0] + done[1] + done[2];) {
            fake_core_run();
            assert_true(fake_flash_step(&flash, K_OK));
            for (uint32_t process = 0; process < 3; process++) {
                struct fake_upcall upcall;
                if (fake_core_take_upcall(process, &upcall)) {
                    done[process]++;
                    expect_success(command(process, ABI_ISOLATED_STORAGE_WRITE, 0));
                }
            }
        }
    }
    for (uint32_t process = 0; process < 3; process++) {
        assert_int_equal(done[process], 4);
    }
}

static void test_a_buffer_or_a_process_that_goes(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 600);
    memset(bytes[0], 0x22, 600);
    lend(0, 600);
    expect_success(command(0, ABI_ISOLATED_STORAGE_WRITE, 0));
    fake_core_run();
    lend(0, 300);
    run();
    expect_upcall(0, ABI_ISOLATED_STORAGE_UPCALL_WRITTEN, (uint32_t)-K_ERESERVE, 0, 0);
    lend(0, 600);
    expect_success(command(0, ABI_ISOLATED_STORAGE_READ, 0));
    fake_core_run();
    lend(0, 100);
    run();
    expect_upcall(0, ABI_ISOLATED_STORAGE_UPCALL_READ, (uint32_t)-K_ERESERVE, 100, 0);
    lend(0, 600);
    expect_success(command(0, ABI_ISOLATED_STORAGE_WRITE, 0));
    fake_core_run();
    fake_core_restart(0);
    lend(1, 4);
    expect_success(command(1, ABI_ISOLATED_STORAGE_READ, 0));
    run();
    expect_no_upcall(0);
    expect_upcall(1, ABI_ISOLATED_STORAGE_UPCALL_READ, 0, 4, 0);
    expect_bytes(0, 0, 0x11, 600);
}

static void test_a_flash_that_fails(void **state)
{
    (void)state;
    lend(0, 16);
    flash.refuse = K_ENODEVICE;
    expect_end(0, ABI_ISOLATED_STORAGE_WRITE, 0, K_ENODEVICE, 0);
    flash.refuse = K_ENODEVICE;
    expect_end(0, ABI_ISOLATED_STORAGE_SIZE, 0, K_ENODEVICE, 0);
    write_bytes(0, 0, 0x77, 16);
    for (uint32_t i = 0; i < FAKE_FLASH_BYTES; i += HIL_FLASH_SECTOR_BYTES) {
        flash.memory[i + HIL_FLASH_PAGE_BYTES] ^= 0x80; /* of bytes, not of seals */
    }
    lend(0, 16);
    expect_end(0, ABI_ISOLATED_STORAGE_READ, 0, K_EFAIL, 0);
    expect_end(0, ABI_ISOLATED_STORAGE_WRITE, 1, K_EFAIL, 0);
}

/* Writes 0x22 over 0x11 and loses power in the middle of change `cut`. False: there are fewer. */
static bool write_and_cut(uint32_t cut, uint32_t seed)
{
    fake_flash_init(&flash);
    restart();
    write_bytes(1, 0, 0x99, 700);
    write_bytes(0, 100, 0x11, 1000);
    uint32_t before = flash.changes;
    memset(bytes[0], 0x22, 1000);
    lend(0, 1000);
    expect_success(command(0, ABI_ISOLATED_STORAGE_WRITE, 100));
    do {
        fake_core_run();
        if (flash.changes == before + cut + 1u && flash.operation != FAKE_FLASH_READ) {
            fake_flash_cut(&flash, seed);
            return true;
        }
    } while (fake_flash_step(&flash, K_OK));
    return false;
}

static void test_power_cuts(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 200; seed++) {
        uint32_t cut = 0;
        for (; write_and_cut(cut, seed); cut++) {
            restart();
            lend(0, 1);
            expect_end(0, ABI_ISOLATED_STORAGE_READ, 100, K_OK, 1);
            uint8_t value = bytes[0][0];
            assert_true(value == 0x11 || value == 0x22);
            expect_bytes(0, 100, value, 1000);
            expect_bytes(0, 0, 0xFF, 100);
            expect_bytes(1, 0, 0x99, 700);
            write_bytes(0, 100, 0x33, 1000);
            restart();
            expect_bytes(0, 100, 0x33, 1000);
        }
        assert_int_equal(cut, 1 + 5 + 1 + 1); /* the erase, pages, the seal, the old seal */
    }
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_written_is_read),
        TEST(test_refusals),
        TEST(test_what_the_permissions_say),
        TEST(test_each_has_its_own),
        TEST(test_no_region_is_left),
        TEST(test_they_take_turns),
        TEST(test_a_buffer_or_a_process_that_goes),
        TEST(test_a_flash_that_fails),
        TEST(test_power_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
