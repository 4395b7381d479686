#include "kernel/capsules/nvm_storage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_flash.h"

#define BLOCK ABI_NVM_STORAGE_BLOCK
#define SIZE  (NVM_STORAGE_BLOCKS_EACH_MAX * BLOCK)

#define BLOCKS 64u

static struct nvm_storage_driver storage;
static struct nvm_pool pool;
static struct hil_flash_note notes[BLOCKS];
static struct fake_flash flash;
static uint8_t bytes[FAKE_PROCESSES][SIZE];

static void start(void)
{
    nvm_pool_init(&pool, &flash.flash, (struct hil_flash_notes)LIST_OF(notes));
    nvm_storage_init(&storage, &pool, 100);
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

static command_return command(uint32_t process, uint32_t number, uint32_t offset, uint32_t length)
{
    return fake_core_command(&nvm_storage_driver_ops, &storage, process, number, offset, length);
}

static void lend(uint32_t process, uint32_t length)
{
    const struct grant *grant = nvm_storage_driver_ops.grant;
    fake_core_allow(process, grant, ALLOW_READ_WRITE, ABI_NVM_STORAGE_RW_READ, bytes[process],
                    length);
    fake_core_allow(process, grant, ALLOW_READ_ONLY, ABI_NVM_STORAGE_RO_WRITE, bytes[process],
                    length);
}

static void write_bytes(uint32_t process, uint32_t offset, uint8_t value, uint32_t length)
{
    memset(bytes[process], value, length);
    lend(process, length);
    expect_success(command(process, ABI_NVM_STORAGE_WRITE, offset, length));
    run();
    expect_upcall(process, ABI_NVM_STORAGE_UPCALL_WRITTEN, length, 0, 0);
}

/* Into bytes[process]. */
static void read_bytes(uint32_t process, uint32_t offset, uint32_t length)
{
    memset(bytes[process], 0xEE, length);
    lend(process, length);
    expect_success(command(process, ABI_NVM_STORAGE_READ, offset, length));
    run();
    expect_upcall(process, ABI_NVM_STORAGE_UPCALL_READ, length, 0, 0);
}

static void expect_bytes(uint32_t process, uint32_t offset, uint8_t value, uint32_t length)
{
    read_bytes(process, offset, length);
    for (uint32_t i = 0; i < length; i++) {
        assert_int_equal(bytes[process][i], value);
    }
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    expect_u32(command(0, ABI_NVM_STORAGE_SIZE, 0, 0), SIZE);
    expect_bytes(0, 0, 0xFF, SIZE);
    write_bytes(0, 3, 0x11, 1);
    write_bytes(0, 250, 0x22, 20);        /* over a page's end */
    write_bytes(0, BLOCK - 5u, 0x33, 10); /* over a block's end */
    write_bytes(0, SIZE - 1u, 0x44, 1);
    write_bytes(0, 512, 0x55, 300);
    write_bytes(0, 512, 0x66, 10); /* the rest of that page stays */
    for (uint32_t round = 0; round < 2; round++) {
        expect_bytes(0, 0, 0xFF, 3);
        expect_bytes(0, 3, 0x11, 1);
        expect_bytes(0, 4, 0xFF, 246);
        expect_bytes(0, 250, 0x22, 20);
        expect_bytes(0, 270, 0xFF, 242);
        expect_bytes(0, 512, 0x66, 10);
        expect_bytes(0, 522, 0x55, 290);
        expect_bytes(0, 812, 0xFF, BLOCK - 5u - 812u);
        expect_bytes(0, BLOCK - 5u, 0x33, 10);
        expect_bytes(0, BLOCK + 5u, 0xFF, SIZE - BLOCK - 6u);
        expect_bytes(0, SIZE - 1u, 0x44, 1);
        restart();
    }
}

/* Whatever a request is about, no more than a page is worked at in one go: between two pages the
 * flash is asked for something, and others go on. */
static void expect_steps_for(uint32_t number, uint32_t length)
{
    uint32_t steps = 0;
    lend(0, length);
    expect_success(command(0, number, 0, length));
    fake_core_run();
    while (fake_flash_step(&flash, K_OK)) {
        fake_core_run();
        steps++;
    }
    uint32_t upcall = number == ABI_NVM_STORAGE_READ ? ABI_NVM_STORAGE_UPCALL_READ
                                                     : ABI_NVM_STORAGE_UPCALL_WRITTEN;
    expect_upcall(0, upcall, length, 0, 0);
    assert_true(steps >= length / HIL_FLASH_PAGE_BYTES);
}

static void test_a_page_at_a_time(void **state)
{
    (void)state;
    read_bytes(0, 0, 1);                          /* the seals are known */
    expect_steps_for(ABI_NVM_STORAGE_READ, SIZE); /* nothing is there */
    memset(bytes[0], 0xFF, SIZE);
    expect_steps_for(ABI_NVM_STORAGE_WRITE, SIZE); /* nothing is to be programmed */
    expect_steps_for(ABI_NVM_STORAGE_READ, SIZE);
    expect_bytes(0, 0, 0xFF, SIZE);
}

static void test_each_has_its_own(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x10, 2 * BLOCK);
    write_bytes(1, 100, 0x20, 50);
    expect_bytes(0, 0, 0x10, 2 * BLOCK);
    expect_bytes(1, 0, 0xFF, 100);
    expect_bytes(1, 100, 0x20, 50);
    expect_bytes(2, 0, 0xFF, SIZE);
    /* After a restart they may have another index. */
    restart();
    fake_storage_set_owner(0, 0x101);
    fake_storage_set_owner(1, 0x100);
    expect_bytes(0, 100, 0x20, 50);
    expect_bytes(1, 0, 0x10, 2 * BLOCK);
}

static void test_refusals(void **state)
{
    (void)state;
    lend(0, 16);
    expect_failure(command(0, ABI_NVM_STORAGE_READ, SIZE, 1), K_EINVAL);
    expect_failure(command(0, ABI_NVM_STORAGE_READ, SIZE - 1, 2), K_EINVAL);
    expect_failure(command(0, ABI_NVM_STORAGE_WRITE, 1, UINT32_MAX), K_EINVAL);
    expect_failure(command(0, ABI_NVM_STORAGE_WRITE, 0, 0), K_EINVAL);
    expect_failure(command(0, 4, 0, 0), K_ENOSUPPORT);
    expect_failure(command(1, ABI_NVM_STORAGE_READ, 0, 4), K_ERESERVE); /* no buffer */
    expect_success(command(0, ABI_NVM_STORAGE_READ, 0, 4));
    expect_failure(command(0, ABI_NVM_STORAGE_WRITE, 0, 4), K_ENOMEM);
    lend(1, 16);
    fake_storage_set_owner(1, 0x100);
    expect_failure(command(1, ABI_NVM_STORAGE_READ, 0, 4), K_ERESERVE); /* 0 is the same app */
    fake_core_end(0);
    expect_success(command(1, ABI_NVM_STORAGE_READ, 0, 4));
    run();
    expect_upcall(1, ABI_NVM_STORAGE_UPCALL_READ, 4, 0, 0);
    fake_storage_set_owner(2, 0);
    lend(2, 16);
    expect_u32(command(2, ABI_NVM_STORAGE_SIZE, 0, 0), 0);
    expect_failure(command(2, ABI_NVM_STORAGE_READ, 0, 4), K_EINVAL);
    fake_core_exhaust(3);
    expect_failure(command(3, ABI_NVM_STORAGE_READ, 0, 4), K_ERESERVE);
    assert_int_equal(flash.changes, 0);
}

static void test_they_take_turns(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        lend(i, 16);
        expect_success(command(i, ABI_NVM_STORAGE_READ, 0, 16));
    }
    run();
    for (uint32_t i = 0; i < 3; i++) {
        expect_upcall(i, ABI_NVM_STORAGE_UPCALL_READ, 16, 0, 0);
    }
    /* 1 and 2 wait when 0 has had its turn: 0 asks again, and is the last. */
    write_bytes(0, 0, 1, 16);
    for (uint32_t i = 1; i < 4; i++) {
        lend(i % 3, 16);
        expect_success(command(i % 3, ABI_NVM_STORAGE_WRITE, 0, 16));
    }
    for (uint32_t i = 1; i < 4; i++) {
        while (fake_core_upcalls(i % 3) == 0) {
            fake_core_run();
            assert_true(fake_flash_step(&flash, K_OK) || fake_core_upcalls(i % 3) > 0);
        }
        assert_int_equal(fake_core_upcalls((i + 1) % 3), i < 3 ? 0 : 1);
        assert_int_equal(fake_core_upcalls((i + 2) % 3), i < 2 ? 0 : 1);
    }
}

static void test_a_buffer_that_shrinks_and_a_process_that_ends(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 600);
    memset(bytes[0], 0x22, 600);
    lend(0, 600);
    expect_success(command(0, ABI_NVM_STORAGE_WRITE, 0, 600));
    fake_core_run();
    lend(0, 300);
    run();
    expect_upcall(0, ABI_NVM_STORAGE_UPCALL_WRITTEN, 0, 0, 0);
    expect_bytes(0, 0, 0x11, 600); /* the block is as it was */
    lend(0, 600);
    expect_success(command(0, ABI_NVM_STORAGE_WRITE, 0, 600));
    fake_core_run();
    fake_core_restart(0);
    run();
    expect_no_upcall(0);
    expect_bytes(0, 0, 0x11, 600);
}

static void test_a_buffer_that_shrinks_while_it_is_filled(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 600);
    lend(0, 600);
    expect_success(command(0, ABI_NVM_STORAGE_READ, 0, 600));
    fake_core_run();
    lend(0, 100);
    run();
    expect_upcall(0, ABI_NVM_STORAGE_UPCALL_READ, 100, 0, 0);
    expect_bytes(0, 0, 0x11, 600);
}

/* No old seal is struck out, so copies of the block lie in all sectors: the last of them in a low
 * one, behind the first. */
static void test_the_newest_copy_counts(void **state)
{
    (void)state;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < BLOCKS + 3u; i++) {
        memset(bytes[0], (int)i, 4);
        lend(0, 4);
        expect_success(command(0, ABI_NVM_STORAGE_WRITE, 0, 4));
        bool is_strike;
        do {
            fake_core_run();
            is_strike = flash.operation == FAKE_FLASH_PROGRAM && flash.length == 4;
            kept += is_strike;
        } while (fake_flash_step(&flash, is_strike ? K_EFAIL : K_OK));
        expect_upcall(0, ABI_NVM_STORAGE_UPCALL_WRITTEN, 4, 0, 0);
    }
    assert_int_equal(kept, BLOCKS + 2u);
    restart();
    expect_bytes(0, 0, (uint8_t)(BLOCKS + 2u), 4);
}

static void test_a_flash_that_fails(void **state)
{
    (void)state;
    lend(0, 16);
    flash.refuse = K_ENODEVICE;
    expect_success(command(0, ABI_NVM_STORAGE_READ, 0, 16));
    run();
    expect_upcall(0, ABI_NVM_STORAGE_UPCALL_READ, 0, 0, 0);
    write_bytes(0, 0, 0x77, 16); /* it is back: the seals are read now */
    memset(bytes[0], 0x78, 16);
    expect_success(command(0, ABI_NVM_STORAGE_WRITE, 0, 16));
    fake_core_run();
    assert_true(fake_flash_step(&flash, K_ENODEVICE));
    expect_upcall(0, ABI_NVM_STORAGE_UPCALL_WRITTEN, 0, 0, 0);
    fake_core_run();
    expect_bytes(0, 0, 0x77, 16);
}

/* Where a process's only block lies. */
static uint8_t *find_seal(uint8_t owner)
{
    uint8_t *found = NULL;
    for (uint32_t i = 2; i < FAKE_FLASH_SECTORS; i++) {
        uint8_t *seal = &flash.memory[i * HIL_FLASH_SECTOR_BYTES];
        if (seal[0] == 'N' && seal[4] == owner && seal[5] == 1) {
            assert_null(found); /* no other copy counts as one */
            found = seal;
        }
    }
    assert_non_null(found);
    return found;
}

/* Each bit of what is kept. Nothing that has changed is taken for what was written. */
static void test_what_has_changed_is_noticed(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 300);
    write_bytes(0, 0, 0x12, 300);
    uint8_t *block = find_seal(0);
    for (uint32_t bit = 0; bit < 16; bit++) { /* of a byte of the second page */
        block[2 * HIL_FLASH_PAGE_BYTES + bit] ^= (uint8_t)(1u << bit % 8u);
        lend(0, 300);
        memset(bytes[0], 0, 300);
        expect_success(command(0, ABI_NVM_STORAGE_READ, 0, 300));
        run();
        expect_upcall(0, ABI_NVM_STORAGE_UPCALL_READ, HIL_FLASH_PAGE_BYTES, 0, 0);
        assert_int_equal(bytes[0][HIL_FLASH_PAGE_BYTES], 0);
        /* What is wrong does not become right by a write beside it. */
        expect_success(command(0, ABI_NVM_STORAGE_WRITE, 290, 10));
        run();
        expect_upcall(0, ABI_NVM_STORAGE_UPCALL_WRITTEN, 0, 0, 0);
        block[2 * HIL_FLASH_PAGE_BYTES + bit] ^= (uint8_t)(1u << bit % 8u);
    }
    expect_bytes(0, 0, 0x12, 300);
    /* A seal that changes while the kernel runs; and one that does while it is off is none. */
    block[20] ^= 1;
    lend(0, 300);
    expect_success(command(0, ABI_NVM_STORAGE_READ, 0, 300));
    run();
    expect_upcall(0, ABI_NVM_STORAGE_UPCALL_READ, 0, 0, 0);
    restart();
    expect_bytes(0, 0, 0xFF, 300); /* and not 0x11, which was before */
}

/* All of a page anew: what was wrong in it does not matter. */
static void test_a_page_that_has_changed_is_written_anew(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 600);
    find_seal(0)[2 * HIL_FLASH_PAGE_BYTES] ^= 1;
    write_bytes(0, 200, 0x22, 400);
    expect_bytes(0, 0, 0x11, 200);
    expect_bytes(0, 200, 0x22, 400);
}

/* The pool is read for the first time, and a bit of the seal is wrong on the way. */
static void test_a_seal_that_is_read_wrong_is_not_lost(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 16);
    uint32_t first = (uint32_t)(find_seal(0) - flash.memory);
    for (uint32_t bit = 0; bit < 8u * 76u; bit++) {
        restart();
        lend(0, 16);
        memset(bytes[0], 0, 16);
        expect_success(command(0, ABI_NVM_STORAGE_READ, 0, 16));
        fake_core_run();
        while (flash.address != first) {
            assert_true(fake_flash_step(&flash, K_OK));
            fake_core_run();
        }
        flash.memory[first + bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        assert_true(fake_flash_step(&flash, K_OK));
        flash.memory[first + bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        run();
        expect_upcall(0, ABI_NVM_STORAGE_UPCALL_READ, 16, 0, 0);
        assert_int_equal(bytes[0][0], 0x11);
    }
}

/* A line that is wrong once. */
static void test_what_is_read_wrong_is_read_again(void **state)
{
    (void)state;
    write_bytes(0, 0, 0x11, 16);
    uint8_t *block = find_seal(0);
    for (uint32_t wrong = 0; wrong < 2; wrong++) { /* the seal, the bytes */
        lend(0, 16);
        memset(bytes[0], 0, 16);
        expect_success(command(0, ABI_NVM_STORAGE_READ, 0, 16));
        for (uint32_t operation = 0;; operation++) {
            fake_core_run();
            block[0] ^= operation == wrong;
            block[HIL_FLASH_PAGE_BYTES] ^= operation == wrong;
            bool more = fake_flash_step(&flash, K_OK);
            block[0] ^= operation == wrong;
            block[HIL_FLASH_PAGE_BYTES] ^= operation == wrong;
            if (!more) {
                break;
            }
        }
        expect_upcall(0, ABI_NVM_STORAGE_UPCALL_READ, 16, 0, 0);
        assert_int_equal(bytes[0][0], 0x11);
    }
}

/* Whichever operation it is: of a request to read, and of one to write. */
static void test_an_operation_that_fails_once(void **state)
{
    (void)state;
    for (uint32_t number = ABI_NVM_STORAGE_READ; number <= ABI_NVM_STORAGE_WRITE; number++) {
        bool is_write = number == ABI_NVM_STORAGE_WRITE;
        uint32_t operations = UINT32_MAX;
        for (uint32_t wrong = 0; wrong < operations; wrong++) {
            begin(NULL);
            write_bytes(0, 0, 0x11, 600);
            restart();
            lend(0, 300);
            memset(bytes[0], 0x22, 300);
            expect_success(command(0, number, 0, 300));
            operations = 0;
            do {
                fake_core_run();
            } while (fake_flash_step(&flash, operations++ == wrong ? K_EFAIL : K_OK));
            expect_upcall(0,
                          is_write ? ABI_NVM_STORAGE_UPCALL_WRITTEN : ABI_NVM_STORAGE_UPCALL_READ,
                          300, 0, 0);
            assert_int_equal(bytes[0][299], is_write ? 0x22 : 0x11);
            expect_bytes(0, 0, is_write ? 0x22 : 0x11, 300);
            expect_bytes(0, 300, 0x11, 300);
        }
        assert_true(operations > BLOCKS);
    }
}

static void test_a_bad_sector_is_passed_over(void **state)
{
    (void)state;
    for (uint32_t page = 0; page < 2; page++) { /* the seal's, and that of the bytes */
        begin(NULL);
        write_bytes(0, 0, 1, 16);
        /* The pool's second sector: where the next write goes. */
        flash.bad_page = 3 * HIL_FLASH_SECTOR_BYTES + page * HIL_FLASH_PAGE_BYTES;
        write_bytes(0, 0, 2, 16);
        expect_bytes(0, 0, 2, 16);
        restart();
        expect_bytes(0, 0, 2, 16);
    }
}

static void test_the_pool_is_full(void **state)
{
    (void)state;
    for (uint32_t owner = 0; owner < 7; owner++) {
        fake_storage_set_owner(0, 0x1000 + owner);
        write_bytes(0, 0, (uint8_t)owner, SIZE);
    }
    /* 56 sectors are taken, one stays free for ever. */
    fake_storage_set_owner(1, 0x2000);
    memset(bytes[1], 9, SIZE);
    lend(1, SIZE);
    expect_success(command(1, ABI_NVM_STORAGE_WRITE, 0, SIZE));
    run();
    expect_upcall(1, ABI_NVM_STORAGE_UPCALL_WRITTEN, 7 * BLOCK, 0, 0);
    fake_storage_set_owner(0, 0x1000);
    write_bytes(0, 17, 0x55, 100); /* what is there can still be changed */
    expect_bytes(0, 17, 0x55, 100);
    expect_bytes(1, 0, 9, 7 * BLOCK);
}

static void test_sectors_wear_alike(void **state)
{
    (void)state;
    uint32_t erases[FAKE_FLASH_SECTORS] = {0};
    lend(0, 4);
    for (uint32_t i = 0; i < 640; i++) {
        if (i % 50 == 0) {
            restart();
            lend(0, 4);
        }
        expect_success(command(0, ABI_NVM_STORAGE_WRITE, 0, 4));
        do {
            fake_core_run();
            erases[flash.address / HIL_FLASH_SECTOR_BYTES] += flash.operation == FAKE_FLASH_ERASE;
        } while (fake_flash_step(&flash, K_OK));
        expect_upcall(0, ABI_NVM_STORAGE_UPCALL_WRITTEN, 4, 0, 0);
    }
    for (uint32_t i = 2; i < FAKE_FLASH_SECTORS; i++) {
        assert_in_range(erases[i], 9, 11);
    }
}

/* Writes 0x22 over 0x11 in two blocks and loses power in the middle of change `cut`. False: there
 * are fewer. */
static bool write_and_cut(uint32_t cut, uint32_t seed)
{
    fake_flash_init(&flash);
    restart();
    write_bytes(1, 0, 0x99, 700);
    write_bytes(0, BLOCK - 1000u, 0x11, 2000);
    uint32_t before = flash.changes;
    memset(bytes[0], 0x22, 2000);
    lend(0, 2000);
    expect_success(command(0, ABI_NVM_STORAGE_WRITE, BLOCK - 1000u, 2000));
    do {
        fake_core_run();
        if (flash.changes == before + cut + 1u && flash.operation != FAKE_FLASH_READ) {
            fake_flash_cut(&flash, seed);
            return true;
        }
    } while (fake_flash_step(&flash, K_OK));
    return false;
}

static void expect_one_of_two(uint32_t offset, uint32_t length, uint8_t *value)
{
    read_bytes(0, offset, length);
    *value = bytes[0][0];
    assert_true(*value == 0x11 || *value == 0x22);
    for (uint32_t i = 0; i < length; i++) {
        assert_int_equal(bytes[0][i], *value);
    }
}

static void cut_everywhere(uint32_t seed)
{
    uint32_t cut = 0;
    for (; write_and_cut(cut, seed); cut++) {
        uint8_t first = 0, second = 0;
        restart();
        expect_one_of_two(BLOCK - 1000u, 1000, &first);
        expect_one_of_two(BLOCK, 1000, &second);
        assert_true(first >= second);
        expect_bytes(0, 0, 0xFF, BLOCK - 1000u);
        expect_bytes(1, 0, 0x99, 700);
        /* And all goes on. */
        write_bytes(0, BLOCK - 1000u, 0x33, 2000);
        restart();
        expect_bytes(0, BLOCK - 1000u, 0x33, 2000);
        expect_bytes(1, 0, 0x99, 700);
    }
    assert_in_range(cut, 14, 22); /* two erases, two seals, two struck out, four pages each */
}

/* The first seeds cut a seal at each of its bytes. */
static void test_power_cuts(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 40; seed++) {
        cut_everywhere(seed);
    }
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_written_is_read),
        TEST(test_a_page_at_a_time),
        TEST(test_each_has_its_own),
        TEST(test_refusals),
        TEST(test_they_take_turns),
        TEST(test_a_buffer_that_shrinks_and_a_process_that_ends),
        TEST(test_a_buffer_that_shrinks_while_it_is_filled),
        TEST(test_the_newest_copy_counts),
        TEST(test_a_flash_that_fails),
        TEST(test_what_has_changed_is_noticed),
        TEST(test_a_page_that_has_changed_is_written_anew),
        TEST(test_a_seal_that_is_read_wrong_is_not_lost),
        TEST(test_what_is_read_wrong_is_read_again),
        TEST(test_an_operation_that_fails_once),
        TEST(test_a_bad_sector_is_passed_over),
        TEST(test_the_pool_is_full),
        TEST(test_sectors_wear_alike),
        TEST(test_power_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
