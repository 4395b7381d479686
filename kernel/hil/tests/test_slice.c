#include "kernel/hil/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_as_many_bytes_are_copied_as_both_have(void **state)
{
    (void)state;
    uint8_t to[4] = "....";
    assert_int_equal(slice_copy(SLICE_OF(to), SLICE_OF_TEXT("ab")), 2);
    assert_memory_equal(to, "ab..", 4);
    assert_int_equal(slice_copy(SLICE_OF(to), SLICE_OF_TEXT("123456")), 4);
    assert_memory_equal(to, "1234", 4);
    assert_int_equal(slice_copy((struct slice){NULL, 0}, SLICE_OF_TEXT("x")), 0);
    assert_int_equal(slice_copy(SLICE_OF(to), (struct const_slice){NULL, 0}), 0);
    assert_memory_equal(to, "1234", 4);
}

static void test_what_overlaps_is_copied_whole(void **state)
{
    (void)state;
    uint8_t bytes[6] = "abcdef";
    struct slice all = SLICE_OF(bytes);
    assert_int_equal(slice_copy(slice_part(all, 2, 4), slice_as_const(slice_part(all, 0, 4))), 4);
    assert_memory_equal(bytes, "ababcd", 6);
    assert_int_equal(slice_copy(slice_part(all, 1, 4), slice_as_const(slice_part(all, 2, 4))), 4);
    assert_memory_equal(bytes, "aabcdd", 6);
}

static void test_equal_are_the_same_bytes(void **state)
{
    (void)state;
    assert_true(slice_is_equal(SLICE_OF_TEXT("abc"), SLICE_OF_TEXT("abc")));
    assert_true(slice_is_equal(SLICE_OF_TEXT(""), (struct const_slice){NULL, 0}));
    assert_false(slice_is_equal(SLICE_OF_TEXT("abc"), SLICE_OF_TEXT("abd")));
    assert_false(slice_is_equal(SLICE_OF_TEXT("xbc"), SLICE_OF_TEXT("abc")));
    assert_false(slice_is_equal(SLICE_OF_TEXT("abc"), SLICE_OF_TEXT("ab")));
}

static void test_parts_are_cut(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset, length, expected;
    } cases[] = {
        {0, 4, 4}, {0, 5, 4}, {1, 2, 2}, {3, UINT32_MAX, 1}, {4, 1, 0}, {UINT32_MAX, 2, 0},
    };
    uint8_t bytes[4] = "abcd";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice part = slice_part(SLICE_OF(bytes), cases[i].offset, cases[i].length);
        assert_int_equal(part.length, cases[i].expected);
        assert_true(part.length == 0 || part.bytes == bytes + cases[i].offset);
        struct const_slice same =
            const_slice_part(SLICE_OF_TEXT("abcd"), cases[i].offset, cases[i].length);
        assert_int_equal(same.length, cases[i].expected);
        assert_int_equal(slice_get(same, 0), part.length > 0 ? bytes[cases[i].offset] : 0);
    }
}

static void test_numbers_lie_inside_whole(void **state)
{
    (void)state;
    static const uint32_t outside[] = {4, 5, 6, 7, 8, UINT32_MAX - 3u, UINT32_MAX};
    uint8_t bytes[7] = {0x78, 0x56, 0x34, 0x12, 0xAA, 0xBB, 0xCC};
    struct slice all = SLICE_OF(bytes);
    assert_int_equal(slice_get_u32(slice_as_const(all), 0), 0x12345678);
    assert_int_equal(slice_get_u32(slice_as_const(all), 3), 0xCCBBAA12);
    assert_true(slice_put_u32(all, 1, 0x04030201));
    assert_memory_equal(bytes, "\x78\1\2\3\4\xBB\xCC", 7);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        assert_int_equal(slice_get_u32(slice_as_const(all), outside[i]), 0);
        assert_false(slice_put_u32(all, outside[i], UINT32_MAX));
    }
    assert_int_equal(slice_get_u32(slice_as_const(slice_part(all, 0, 3)), 0), 0);
    assert_false(slice_put_u32(slice_part(all, 0, 3), 0, UINT32_MAX));
    assert_memory_equal(bytes, "\x78\1\2\3\4\xBB\xCC", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_many_bytes_are_copied_as_both_have),
        cmocka_unit_test(test_what_overlaps_is_copied_whole),
        cmocka_unit_test(test_equal_are_the_same_bytes),
        cmocka_unit_test(test_parts_are_cut),
        cmocka_unit_test(test_numbers_lie_inside_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
