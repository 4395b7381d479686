/* NVMC: what changes flash and UICR, how long it takes, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/nvmc.h"
#include "peripherals/nrf52/tests/system_bench.h"
#include "peripherals/nrf52/uicr.h"

#define READY       0x400
#define READYNEXT   0x408
#define CONFIG      0x504
#define ERASEPAGE   0x508
#define ERASEALL    0x50C
#define ERASEPCR0   0x510
#define ERASEUICR   0x514
#define PARTIAL     0x518
#define PARTIALCFG  0x51C
#define ICACHECNF   0x540
#define IHIT        0x548
#define ACL3_ADDR   0x830
#define ACL3_SIZE   0x834
#define ACL3_PERM   0x838
#define REN         0
#define WEN         1
#define EEN         2
#define UICR_WORD   0x10001080U
#define FLASH_BYTES (512U * 1024U)

#define US(n) ((uint64_t)(n)*64U)

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_nvmc_class, 0x4001E000, FLASH_BYTES);
    return 0;
}

static int setup_nrf52840(void **state)
{
    *state = system_bench_new(&nrf52_nvmc_class, 0x4001E000, 2U * FLASH_BYTES);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static enum bus_result store(struct system_bench *s, uint32_t address, uint8_t size, uint32_t value)
{
    return nrf52_nvmc_class.memory_write(s->bench->device, address, size, value);
}

static uint32_t flash_word(const struct system_bench *s, uint32_t address)
{
    uint32_t word;
    memcpy(&word, s->nvm.flash + address, 4);
    return word;
}

static uint32_t guest_errors(const struct system_bench *s)
{
    return s->bench->diag.count[DIAG_GUEST_ERROR];
}

static void a_write_clears_bits_and_sets_none(void **state)
{
    struct system_bench *s = *state;
    bench_write(s->bench, CONFIG, WEN);
    assert_int_equal(store(s, 0x1004, 4, 0xFFFF1234), BUS_OK);
    assert_int_equal(flash_word(s, 0x1004), 0xFFFF1234);
    assert_int_equal(store(s, 0x1004, 4, 0x00FF5555), BUS_OK);
    assert_int_equal(flash_word(s, 0x1004), 0x00FF1014);
    assert_int_equal(flash_word(s, 0x1000), 0xFFFFFFFF);
    assert_int_equal(flash_word(s, 0x1008), 0xFFFFFFFF);
    assert_int_equal(s->changed_address, 0x1004);
    assert_int_equal(s->changed_bytes, 4);
    assert_int_equal(s->changes, 2);
    assert_int_equal(guest_errors(s), 0);
}

static void a_write_takes_41_us(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    assert_int_equal(bench_read(b, READY), 1);
    bench_write(b, CONFIG, WEN);
    (void)store(s, 0x1000, 4, 0);
    assert_int_equal(s->stalled_cycles, US(41));
    bench_run_to(b, US(41) - 1);
    assert_int_equal(bench_read(b, READY), 0);
    bench_run_to(b, US(41));
    assert_int_equal(bench_read(b, READY), 1);
    /* A second store in the middle of the first waits for it. */
    (void)store(s, 0x1004, 4, 0);
    bench_run_to(b, US(61));
    s->stalled_cycles = 0;
    (void)store(s, 0x1008, 4, 0);
    assert_int_equal(s->stalled_cycles, US(21 + 41));
    bench_run_to(b, US(123) - 1);
    assert_int_equal(bench_read(b, READY), 0);
    bench_run_to(b, US(123));
    assert_int_equal(bench_read(b, READY), 1);
}

static void without_write_enable_nothing_changes(void **state)
{
    struct system_bench *s = *state;
    assert_int_equal(store(s, 0x1000, 4, 0), BUS_OK);
    bench_write(s->bench, CONFIG, EEN);
    assert_int_equal(store(s, 0x1000, 4, 0), BUS_OK);
    bench_write(s->bench, CONFIG, 3);
    assert_int_equal(bench_read(s->bench, CONFIG), REN);
    assert_int_equal(store(s, UICR_WORD, 4, 0), BUS_OK);
    assert_int_equal(flash_word(s, 0x1000), 0xFFFFFFFF);
    assert_int_equal(s->changes, 0);
    assert_int_equal(s->stalled_cycles, 0);
    assert_int_equal(guest_errors(s), 4);
}

static void only_whole_words_can_be_written(void **state)
{
    struct system_bench *s = *state;
    bench_write(s->bench, CONFIG, WEN);
    assert_int_equal(store(s, 0x1000, 1, 0), BUS_FAULT);
    assert_int_equal(store(s, 0x1000, 2, 0), BUS_FAULT);
    assert_int_equal(store(s, FLASH_BYTES, 4, 0), BUS_OK); /* behind the end */
    assert_int_equal(s->changes, 0);
    assert_int_equal(guest_errors(s), 3);
}

static void a_page_erase_sets_its_page_only(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    memset(s->nvm.flash, 0x5A, FLASH_BYTES);
    bench_write(b, ERASEPAGE, 0x3000);
    assert_int_equal(guest_errors(s), 1); /* not enabled */
    bench_write(b, CONFIG, EEN);
    bench_write(b, ERASEPAGE, 0x3000);
    assert_int_equal(flash_word(s, 0x2FFC), 0x5A5A5A5A);
    assert_int_equal(flash_word(s, 0x3000), 0xFFFFFFFF);
    assert_int_equal(flash_word(s, 0x3FFC), 0xFFFFFFFF);
    assert_int_equal(flash_word(s, 0x4000), 0x5A5A5A5A);
    assert_int_equal(s->changed_address, 0x3000);
    assert_int_equal(s->changed_bytes, 0x1000);
    assert_int_equal(s->stalled_cycles, US(85000));
    bench_run_to(b, US(85000) - 1);
    assert_int_equal(bench_read(b, READY), 0);
    bench_run_to(b, US(85000));
    assert_int_equal(bench_read(b, READY), 1);
    bench_write(b, ERASEPCR0, FLASH_BYTES - 0x1000);
    assert_int_equal(flash_word(s, FLASH_BYTES - 4), 0xFFFFFFFF);
    assert_int_equal(guest_errors(s), 1);
    bench_write(b, ERASEPAGE, FLASH_BYTES);
    bench_write(b, ERASEPAGE, UICR_WORD);
    assert_int_equal(guest_errors(s), 3);
    assert_int_equal(s->changes, 2);
}

static void uicr_is_written_and_erased_apart(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    uint32_t word;
    bench_write(b, CONFIG, WEN);
    assert_int_equal(store(s, UICR_WORD, 4, 0x12345678), BUS_OK);
    memcpy(&word, s->uicr + 0x80, 4);
    assert_int_equal(word, 0x12345678);
    bench_write(b, CONFIG, EEN);
    memset(s->nvm.flash, 0, 16);
    bench_write(b, ERASEUICR, 0);
    memcpy(&word, s->uicr + 0x80, 4);
    assert_int_equal(word, 0x12345678);
    bench_write(b, ERASEUICR, 1);
    memcpy(&word, s->uicr + 0x80, 4);
    assert_int_equal(word, 0xFFFFFFFF);
    assert_int_equal(flash_word(s, 0), 0);
    assert_int_equal(s->changed_address, SYSTEM_UICR_BASE);
}

static void erase_all_erases_all(void **state)
{
    struct system_bench *s = *state;
    memset(s->nvm.flash, 0, FLASH_BYTES);
    memset(s->uicr, 0, sizeof s->uicr);
    bench_write(s->bench, CONFIG, EEN);
    bench_write(s->bench, ERASEALL, 1);
    for (uint32_t i = 0; i < FLASH_BYTES; i += 4) {
        assert_int_equal(flash_word(s, i), 0xFFFFFFFF);
    }
    for (size_t i = 0; i < sizeof s->uicr; i++) {
        assert_int_equal(s->uicr[i], 0xFF);
    }
    assert_int_equal(s->changes, 2);
    assert_int_equal(s->stalled_cycles, US(169000));
}

static void a_reset_keeps_what_was_written(void **state)
{
    struct system_bench *s = *state;
    bench_write(s->bench, CONFIG, WEN);
    bench_write(s->bench, ICACHECNF, 1);
    (void)store(s, 0x2000, 4, 0xABCD);
    bench_run_to(s->bench, US(41));
    bench_reset(s->bench, RESET_SREQ);
    assert_int_equal(flash_word(s, 0x2000), 0xABCD);
    assert_int_equal(bench_read(s->bench, CONFIG), REN);
    assert_int_equal(bench_read(s->bench, ICACHECNF), 0);
    assert_int_equal(bench_read(s->bench, READY), 1);
}

static void the_cache_is_switched(void **state)
{
    struct system_bench *s = *state;
    bench_write(s->bench, ICACHECNF, 1);
    assert_true(s->flash_cache);
    bench_write(s->bench, ICACHECNF, 0x100);
    assert_false(s->flash_cache);
}

static void the_cache_profile_is_a_known_gap(void **state)
{
    struct system_bench *s = *state;
    bench_write(s->bench, ICACHECNF, 1);
    assert_int_equal(s->bench->diag.count[DIAG_UNIMPLEMENTED], 0);
    bench_write(s->bench, ICACHECNF, 0xFFFFFFFF);
    assert_int_equal(bench_read(s->bench, ICACHECNF), 0x101);
    assert_int_equal(s->bench->diag.count[DIAG_UNIMPLEMENTED], 1);
    assert_int_equal(bench_read(s->bench, IHIT), 0);
    (void)bench_read(s->bench, READYNEXT); /* nRF52840 has these */
    bench_write(s->bench, PARTIAL, 0);
    (void)bench_read(s->bench, ACL3_ADDR);
    assert_int_equal(guest_errors(s), 3);
}

/* Some bits of a page that was 0 are 1, and some are not. */
static bool is_half_erased(const struct system_bench *s, uint32_t page)
{
    uint32_t zeros = 0, ones = 0;
    for (uint32_t i = 0; i < 0x1000; i += 4) {
        zeros |= ~flash_word(s, page + i);
        ones |= flash_word(s, page + i);
    }
    return zeros == 0xFFFFFFFF && ones == 0xFFFFFFFF;
}

static void nrf52840_erases_in_parts(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    memset(s->nvm.flash, 0, 0x2000);
    assert_int_equal(bench_read(b, READYNEXT), 1);
    assert_int_equal(bench_read(b, PARTIALCFG), 10);
    bench_write(b, PARTIALCFG, 40);
    bench_write(b, CONFIG, EEN);
    bench_write(b, PARTIAL, 0x1000);
    bench_write(b, PARTIAL, 0x1000);
    assert_int_equal(s->stalled_cycles, US(40000) + US(80000)); /* the second waits for the first */
    assert_true(is_half_erased(s, 0x1000));
    bench_write(b, PARTIAL, 0x1000);
    assert_int_equal(flash_word(s, 0x1000), 0xFFFFFFFF);
    assert_int_equal(flash_word(s, 0x0FFC), 0);
    assert_int_equal(guest_errors(s), 0);
    bench_write(b, ACL3_ADDR, 0x4000);
    bench_write(b, ACL3_ADDR, 0x8000);
    assert_int_equal(bench_read(b, ACL3_ADDR), 0x4000); /* once between resets */
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 0);
    bench_write(b, ERASEPCR0, 0);
    assert_int_equal(guest_errors(s), 1);
}

static enum bus_result poke(const struct system_bench *s, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    return nrf52_nvmc_class.write(s->bench->device, access, value);
}

static void acl_forbids_writes_and_erases(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, CONFIG, WEN);
    bench_write(b, ACL3_ADDR, 0x4000);
    bench_write(b, ACL3_SIZE, 0x2000);
    assert_int_equal(store(s, 0x4000, 4, 0), BUS_OK); /* PERM is still 0 */
    bench_write(b, ACL3_PERM, 1U << 1);
    assert_int_equal(store(s, 0x3FFC, 4, 0), BUS_OK);
    assert_int_equal(store(s, 0x4004, 4, 0), BUS_FAULT);
    assert_int_equal(store(s, 0x5FFC, 4, 0), BUS_FAULT);
    assert_int_equal(store(s, 0x6000, 4, 0), BUS_OK);
    assert_int_equal(flash_word(s, 0x4004), 0xFFFFFFFF);
    bench_write(b, CONFIG, EEN);
    assert_int_equal(poke(s, ERASEPAGE, 0x4000), BUS_FAULT);
    assert_int_equal(poke(s, ERASEPAGE, 0x5000), BUS_FAULT);
    assert_int_equal(poke(s, PARTIAL, 0x5000), BUS_FAULT);
    assert_int_equal(poke(s, ERASEALL, 1), BUS_FAULT);
    assert_int_equal(flash_word(s, 0x4000), 0);
    assert_int_equal(poke(s, ERASEPAGE, 0x6000), BUS_OK);
    bench_write(b, ACL3_PERM, 0);
    assert_int_equal(poke(s, ERASEPAGE, 0x4000), BUS_FAULT); /* until a reset */
    bench_reset(b, RESET_SREQ);
    bench_write(b, CONFIG, EEN);
    assert_int_equal(poke(s, ERASEPAGE, 0x4000), BUS_OK);
    assert_int_equal(flash_word(s, 0x4000), 0xFFFFFFFF);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 0);
}

static void acl_forbids_reads(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bool (*forbids)(const void *, uint32_t, uint32_t) = nrf52_nvmc_class.forbids_read;
    bench_write(b, ACL3_ADDR, 0xFE000);
    bench_write(b, ACL3_SIZE, 0x4000); /* further than the flash goes */
    assert_false(forbids(b->device, 0, UINT32_MAX));
    uint32_t told = s->observing_changes;
    bench_write(b, ACL3_PERM, 1U << 2);
    assert_int_equal(s->observing_changes, told + 1);
    assert_true(forbids(b->device, 0, UINT32_MAX));
    assert_false(forbids(b->device, 0xFDFFC, 4));
    assert_true(forbids(b->device, 0xFDFFD, 4));
    assert_true(forbids(b->device, 0xFFFFF, 1));
    assert_false(forbids(b->device, 0x100000, 4));
    bench_write(b, CONFIG, WEN);
    assert_int_equal(store(s, 0xFE000, 4, 0), BUS_OK); /* writes are another permission */
    bench_reset(b, RESET_SREQ);
    assert_int_equal(s->observing_changes, told + 2);
    assert_false(forbids(b->device, 0, UINT32_MAX));
}

static bool page_1(const void *protector, uint32_t address, uint32_t size_bytes)
{
    (void)protector;
    return address < 0x2000 && address + size_bytes > 0x1000;
}

static void what_another_device_protects_is_safe(void **state)
{
    struct system_bench *s = *state;
    s->nvm.is_protected = page_1;
    bench_write(s->bench, CONFIG, WEN);
    assert_int_equal(store(s, 0x1000, 4, 0), BUS_FAULT);
    assert_int_equal(store(s, 0x2000, 4, 0), BUS_OK);
    bench_write(s->bench, CONFIG, EEN);
    assert_int_equal(poke(s, ERASEPAGE, 0x1000), BUS_FAULT);
    assert_int_equal(poke(s, ERASEPAGE, 0x2000), BUS_OK);
}

static void uicr_reads_what_is_there(void **state)
{
    (void)state;
    struct system_bench *s = system_bench_new(&nrf52_uicr_class, SYSTEM_UICR_BASE, FLASH_BYTES);
    uint32_t value;
    assert_int_equal(bench_read(s->bench, 0x200), 0xFFFFFFFF);
    memcpy(s->uicr + 0x3FC, "\x21\x43\x65\x87", 4);
    assert_int_equal(bench_read(s->bench, 0x3FC), 0x87654321);
    struct bus_access byte = {.offset = 0x3FE, .size_bytes = 1};
    assert_int_equal(nrf52_uicr_class.read(s->bench->device, byte, &value), BUS_OK);
    assert_int_equal(value, 0x65);
    assert_int_equal(guest_errors(s), 0);
    assert_int_equal(bench_read(s->bench, 0x400), 0xFFFFFFFF);
    assert_int_equal(nrf52_uicr_class.peek(s->bench->device, 0x3FC), 0x87654321);
    bench_write(s->bench, 0x200, 0);
    assert_int_equal(bench_read(s->bench, 0x200), 0xFFFFFFFF);
    assert_int_equal(guest_errors(s), 2);
    system_bench_free(s);
}

#define PAGE 0x2000U

static void fill_page(struct system_bench *s)
{
    memset(s->nvm.flash + PAGE, 0x5A, 4096);
}

static uint32_t count_ones(const struct system_bench *s)
{
    uint32_t ones = 0;
    for (uint32_t i = 0; i < 4096 * 8; i++) {
        ones += (uint32_t)s->nvm.flash[PAGE + i / 8] >> i % 8 & 1U;
    }
    return ones;
}

static void a_write_is_dropped_or_torn(void **state)
{
    struct system_bench *s = *state;
    bench_write(s->bench, CONFIG, WEN);
    assert_true(bench_input(s->bench, "write-drop", 2));
    bench_reset(s->bench, RESET_SREQ);
    bench_write(s->bench, CONFIG, WEN);
    store(s, 0x1000, 4, 1);
    store(s, 0x1004, 4, 2);
    store(s, 0x1008, 4, 3);
    assert_int_equal(flash_word(s, 0x1000), 1);
    assert_int_equal(flash_word(s, 0x1004), 0xFFFFFFFF);
    assert_int_equal(flash_word(s, 0x1008), 3);
    assert_true(bench_input(s->bench, "write-torn", 1));
    memset(s->nvm.flash + 0x2000, 0xF0, 4);
    store(s, 0x2000, 4, 0xC0FFEE00); /* bits that are 0, or stay 1, do not change */
    uint32_t torn = flash_word(s, 0x2000);
    assert_int_equal(torn & (0xF0F0F0F0U & 0xC0FFEE00U), 0xF0F0F0F0U & 0xC0FFEE00U);
    assert_int_equal(torn & ~0xF0F0F0F0U, 0);
    assert_int_not_equal(torn, 0xF0F0F0F0U);
    assert_int_not_equal(torn, 0xF0F0F0F0U & 0xC0FFEE00U);
    store(s, 0x2000, 4, 0xC0FFEE00);
    assert_int_equal(flash_word(s, 0x2000), 0xF0F0F0F0U & 0xC0FFEE00U);
}

static void an_erase_is_partial_or_finds_a_worn_page(void **state)
{
    struct system_bench *s = *state;
    fill_page(s);
    bench_write(s->bench, CONFIG, EEN);
    assert_true(bench_input(s->bench, "erase-partial", 1));
    bench_write(s->bench, ERASEPAGE, PAGE);
    assert_in_range(count_ones(s), 16384 + 8192 - 500, 16384 + 8192 + 500);
    for (uint32_t i = 0; i < 4096; i++) {
        assert_int_equal(s->nvm.flash[PAGE + i] & 0x5A, 0x5A);
    }
    bench_write(s->bench, ERASEPAGE, PAGE);
    assert_int_equal(count_ones(s), 32768);
    assert_true(bench_input(s->bench, "worn-page", PAGE / 4096 + 1));
    static uint8_t first[4096];
    bench_write(s->bench, ERASEPAGE, PAGE);
    memcpy(first, s->nvm.flash + PAGE, sizeof first);
    assert_in_range(count_ones(s), 32768 - 200, 32768 - 60); /* 128 expected */
    bench_write(s->bench, ERASEPAGE, PAGE);
    assert_memory_equal(first, s->nvm.flash + PAGE, sizeof first);
    bench_write(s->bench, ERASEPAGE, PAGE + 4096);
    assert_int_equal(s->nvm.flash[PAGE + 4096 + 7], 0xFF);
    assert_true(bench_input(s->bench, "worn-page", 0));
    bench_write(s->bench, ERASEPAGE, PAGE);
    assert_int_equal(count_ones(s), 32768);
}

static void the_supply_fails_in_the_middle_of_the_nth_operation(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    fill_page(s);
    assert_true(bench_input(b, "power-cut", 3));
    bench_write(b, CONFIG, WEN);
    store(s, 0x1000, 4, 1);
    bench_run_to(b, US(100));
    store(s, 0x1004, 4, 1);
    bench_run_to(b, US(200));
    bench_write(b, CONFIG, EEN);
    bench_write(b, ERASEPAGE, PAGE);
    bench_run_to(b, US(200 + 42500) - 1);
    assert_int_equal(s->power_cuts, 0);
    assert_int_equal(count_ones(s), 32768);
    bench_run_to(b, US(200 + 42500));
    assert_int_equal(s->power_cuts, 1);
    assert_int_equal(s->power_off_us, 1000);
    bench_reset(b, RESET_POWER_ON); /* as the machine does then */
    assert_in_range(count_ones(s), 16384 + 8192 - 500, 16384 + 8192 + 500);
    assert_int_equal(bench_read(b, READY), 1);
    bench_run_to(b, US(1000000));
    assert_int_equal(s->power_cuts, 1);
}

static void a_reset_after_the_operation_leaves_it_whole(void **state)
{
    struct system_bench *s = *state;
    fill_page(s);
    bench_write(s->bench, CONFIG, EEN);
    bench_write(s->bench, ERASEPAGE, PAGE);
    bench_run_to(s->bench, US(85000));
    bench_reset(s->bench, RESET_DOG);
    assert_int_equal(count_ones(s), 32768);
    fill_page(s);
    bench_write(s->bench, CONFIG, EEN);
    bench_write(s->bench, ERASEPAGE, PAGE);
    bench_run_to(s->bench, US(2 * 85000) - 1);
    bench_reset(s->bench, RESET_DOG);
    assert_true(count_ones(s) < 32000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_write_clears_bits_and_sets_none),
        TEST(a_write_takes_41_us),
        TEST(without_write_enable_nothing_changes),
        TEST(only_whole_words_can_be_written),
        TEST(a_page_erase_sets_its_page_only),
        TEST(uicr_is_written_and_erased_apart),
        TEST(erase_all_erases_all),
        TEST(a_reset_keeps_what_was_written),
        TEST(the_cache_is_switched),
        TEST(the_cache_profile_is_a_known_gap),
        cmocka_unit_test_setup_teardown(nrf52840_erases_in_parts, setup_nrf52840, teardown),
        cmocka_unit_test_setup_teardown(acl_forbids_writes_and_erases, setup_nrf52840, teardown),
        cmocka_unit_test_setup_teardown(acl_forbids_reads, setup_nrf52840, teardown),
        cmocka_unit_test_setup_teardown(what_another_device_protects_is_safe, setup, teardown),
        cmocka_unit_test(uicr_reads_what_is_there),
        TEST(a_write_is_dropped_or_torn),
        TEST(an_erase_is_partial_or_finds_a_worn_page),
        TEST(the_supply_fails_in_the_middle_of_the_nth_operation),
        TEST(a_reset_after_the_operation_leaves_it_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
