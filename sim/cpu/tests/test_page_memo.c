/* sim/cpu/tests/test_page_memo.c - what the memo of pages and sites gives back, and when it
 * forgets.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/cpu/page_memo.h"

static struct page_memo *memo_create(void)
{
    struct page_memo *memo = calloc(1, sizeof(*memo));
    assert_non_null(memo);
    page_memo_init(memo);
    return memo;
}

static void test_an_empty_memo_knows_nothing(void **state)
{
    (void)state;
    struct page_memo *memo = memo_create();
    uint32_t pc;
    assert_null(page_memo_find(memo, 0, false, false));
    assert_null(page_memo_find(memo, 0x20000000, true, true));
    assert_false(page_memo_find_site(memo, 0x1000, &pc));
    free(memo);
}

static void test_rights_are_kept_apart(void **state)
{
    (void)state;
    struct page_memo *memo = memo_create();
    uint8_t host[PAGE_MEMO_PAGE_BYTES];
    page_memo_note(memo, 0x20000400, true, false, host);
    assert_ptr_equal(page_memo_find(memo, 0x200007FF, true, false)->host, host);
    assert_null(page_memo_find(memo, 0x200007FF, true, true));
    assert_null(page_memo_find(memo, 0x200007FF, false, false));
    assert_null(page_memo_find(memo, 0x20000800, true, false));
    page_memo_note(memo, 0x20000400, true, true, NULL);
    assert_null(page_memo_find(memo, 0x20000400, true, true)->host);
    assert_non_null(page_memo_find(memo, 0x20000400, true, false)->host);
    free(memo);
}

/* The two that collide in the library's own table do not here. */
static void test_flash_and_ram_live_side_by_side(void **state)
{
    (void)state;
    struct page_memo *memo = memo_create();
    uint8_t flash[PAGE_MEMO_PAGE_BYTES], ram[PAGE_MEMO_PAGE_BYTES];
    page_memo_note(memo, 0, true, false, flash);
    page_memo_note(memo, 0x20000000, true, false, ram);
    assert_ptr_equal(page_memo_find(memo, 0, true, false)->host, flash);
    assert_ptr_equal(page_memo_find(memo, 0x20000000, true, false)->host, ram);
    free(memo);
}

static void test_forgotten_pages_stay_forgotten(void **state)
{
    (void)state;
    struct page_memo *memo = memo_create();
    page_memo_note(memo, 0x20000000, true, false, NULL);
    page_memo_note_site(memo, 0x7000, 0x123);
    page_memo_forget_pages(memo);
    uint32_t pc;
    assert_null(page_memo_find(memo, 0x20000000, true, false));
    assert_true(page_memo_find_site(memo, 0x7000, &pc));
    memo->epoch = UINT32_MAX;
    page_memo_note(memo, 0x20000000, true, false, NULL);
    page_memo_forget_pages(memo);
    assert_null(page_memo_find(memo, 0x20000000, true, false));
    assert_int_not_equal(memo->epoch, 0); /* the epoch of what was never noted */
    free(memo);
}

static void test_sites(void **state)
{
    (void)state;
    struct page_memo *memo = memo_create();
    uint32_t pc;
    page_memo_note_site(memo, 0x7F0000001234, 0x100);
    assert_true(page_memo_find_site(memo, 0x7F0000001234, &pc));
    assert_int_equal(pc, 0x100);
    assert_false(page_memo_find_site(memo, 0x7F0000001235, &pc));
    page_memo_forget_sites(memo);
    assert_false(page_memo_find_site(memo, 0x7F0000001234, &pc));
    free(memo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_memo_knows_nothing),
        cmocka_unit_test(test_rights_are_kept_apart),
        cmocka_unit_test(test_flash_and_ram_live_side_by_side),
        cmocka_unit_test(test_forgotten_pages_stay_forgotten),
        cmocka_unit_test(test_sites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
