#include "kernel/core/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/drivers.h"

static uint8_t room[400];

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
        const char *decimal, *hex;
    } cases[] = {
        {0, 1, "0", "0x0"},
        {9, 3, "  9", "0x9"},
        {10, 2, "10", "0xa"},
        {1000, 3, "1000", "0x3e8"},
        {UINT32_MAX, 12, "  4294967295", "0xffffffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = text_begin(SLICE_OF(room));
        text_add_decimal(&text, cases[i].value, cases[i].width);
        expect_text(&text, cases[i].decimal);
        text = text_begin(SLICE_OF(room));
        text_add_hex(&text, cases[i].value);
        expect_text(&text, cases[i].hex);
    }
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
    expect_text(&text, "abcde");
    text_say_values(&text, TEXT_LIST_PROCESS, (const uint32_t[]){0, 0, 0, 0, 0, 0, 0, 0});
    expect_text(&text, "abcde");
    assert_int_equal(room[5], '#');
}

#define WORDS(name, words) words,
static const char *const all_words[] = {TEXTS(WORDS)};

/* Packed and unpacked, every text is what it was: those without values, letter by letter. */
static void test_every_text(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < TEXT_COUNT; id++) {
        if (strchr(all_words[id], '%') == NULL) {
            struct text text = text_begin(SLICE_OF(room));
            text_say(&text, (enum text_id)id);
            expect_text(&text, all_words[id]);
            text = text_begin(SLICE_OF(room));
            text_say_values(&text, (enum text_id)id, NULL);
            expect_text(&text, all_words[id]);
        }
    }
}

static void test_values(void **state)
{
    (void)state;
    static const uint32_t values[] = {2, 0x3BE6EFAA, 42, 1234567, 3, 1, 15, 4,       0,      0,
                                      0, 0,          0,  0,       0, 0, 0,  0x30000, 0x31000};
    static const struct {
        enum text_id id;
        const char *expected;
    } cases[] = {
        {TEXT_LIST_PROCESS,
         " 2      0x3be6efaa lamp                    42   1234567         3   1/15   Faulted\r\n"},
        {TEXT_REFUSED, "App lamp at 0x00000002 not loaded: "},
        {TEXT_PROCESS_FLASH, "  Flash         0x00030000  0x00031000     4096\r\n"},
        {TEXT_GRANTS_FULL_END, ". Pack it with --kernel-heap 3 or more.\r\n"},
        {TEXT_GRANT_OF_DRIVER, "  Grant of 0x2 lamp                    1004990378\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = text_begin(SLICE_OF(room));
        text.name = SLICE_OF_TEXT("lamp");
        text_say_values(&text, cases[i].id, values);
        expect_text(&text, cases[i].expected);
    }
    struct text text = text_begin(SLICE_OF(room));
    text_say_values(&text, TEXT_REFUSED, values);
    expect_text(&text, "App at 0x00000002 not loaded: ");
}

static void test_first_words(void **state)
{
    (void)state;
    assert_true(text_begins_with(TEXT_HELP_STOP, SLICE_OF_TEXT("stop")));
    assert_true(text_begins_with(TEXT_CONSOLE_START, SLICE_OF_TEXT("console-start")));
    assert_false(text_begins_with(TEXT_HELP_STOP, SLICE_OF_TEXT("sto")));
    assert_false(text_begins_with(TEXT_HELP_STOP, SLICE_OF_TEXT("stopp")));
    assert_false(text_begins_with(TEXT_HELP_STOP, SLICE_OF_TEXT("")));
    assert_false(text_begins_with(TEXT_CONSOLE_START, SLICE_OF_TEXT("console-start2")));
}

/* Nothing in a name steers the terminal. */
static void test_names(void **state)
{
    (void)state;
    struct text text = text_begin(SLICE_OF(room));
    text.name = SLICE_OF_TEXT("a\x1B[2Jb 4567890123456789012345678901234567890");
    text_say_values(&text, TEXT_REFUSED, (const uint32_t[]){16});
    expect_text(&text, "App a?[2Jb 456789012345678901234567890123456 at 0x00000010 not loaded: ");
}

/* A capsule may make an identifier of any number: what is no text says nothing. */
static void test_what_is_no_text(void **state)
{
    (void)state;
    static const int32_t numbers[] = {TEXT_COUNT, TEXT_COUNT + 1, TEXT_COUNT + 2000, INT32_MAX,
                                      -1,         INT32_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        enum text_id id = (enum text_id)numbers[i];
        struct text text = text_begin(SLICE_OF(room));
        text_say(&text, id);
        expect_text(&text, "");
        text_say_values(&text, id, NULL);
        expect_text(&text, "");
        assert_true(text_begins_with(id, SLICE_OF_TEXT("")));
        assert_false(text_begins_with(id, SLICE_OF_TEXT("stop")));
    }
}

static void test_none_is_too_long(void **state)
{
    (void)state;
    uint32_t values[20];
    memset(values, 0xFF, sizeof values);
    values[7] = ABI_PROCESS_YIELDED_FOR;
    for (uint32_t id = 0; id < TEXT_COUNT; id++) {
        struct text text = text_begin(SLICE_OF(room));
        text.name = SLICE_OF_TEXT("a name that has forty characters in all");
        text_say_values(&text, (enum text_id)id, values);
        if (text.length > TEXT_BYTES) {
            fail_msg("%s", all_words[id]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),          cmocka_unit_test(test_what_does_not_fit_is_cut),
        cmocka_unit_test(test_every_text),       cmocka_unit_test(test_values),
        cmocka_unit_test(test_first_words),      cmocka_unit_test(test_names),
        cmocka_unit_test(test_none_is_too_long), cmocka_unit_test(test_what_is_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
