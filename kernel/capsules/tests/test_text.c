#include "kernel/capsules/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint8_t room[24];

static void expect_text(const struct text *text, const char *expected)
{
    struct const_slice done = text_done(text);
    assert_int_equal(done.length, strlen(expected));
    assert_memory_equal(done.bytes, expected, done.length);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        uint32_t value;
        uint32_t width;
        const char *decimal, *hex, *address;
    } cases[] = {
        {0, 1, "0", "0x0", "0x00000000"},
        {9, 3, "  9", "0x9", "0x00000009"},
        {10, 2, "10", "0xa", "0x0000000a"},
        {1000, 3, "1000", "0x3e8", "0x000003e8"},
        {UINT32_MAX, 12, "  4294967295", "0xffffffff", "0xffffffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = text_begin(SLICE_OF(room));
        text_add_decimal(&text, cases[i].value, cases[i].width);
        expect_text(&text, cases[i].decimal);
        text = text_begin(SLICE_OF(room));
        text_add_hex(&text, cases[i].value);
        expect_text(&text, cases[i].hex);
        text = text_begin(SLICE_OF(room));
        text_add_address(&text, cases[i].value);
        expect_text(&text, cases[i].address);
    }
}

static void test_columns(void **state)
{
    (void)state;
    struct text text = text_begin(SLICE_OF(room));
    text_add_literal(&text, "ab");
    text_pad_to(&text, 4);
    text_add_literal(&text, "cdef");
    text_pad_to(&text, 5);
    text_add_byte(&text, '.');
    expect_text(&text, "ab  cdef.");
}

static void test_what_does_not_fit_is_cut(void **state)
{
    (void)state;
    memset(room, '#', sizeof room);
    struct text text = text_begin(slice_part(SLICE_OF(room), 0, 5));
    text_add_literal(&text, "abc");
    text_add_literal(&text, "defg");
    text_add_byte(&text, 'h');
    text_add_decimal(&text, 12, 4);
    text_pad_to(&text, 20);
    expect_text(&text, "abcde");
    assert_int_equal(room[5], '#');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_what_does_not_fit_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
