/* Whose text a line is: markers as the preprocessor writes them, and as a capsule might. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/capsule_check/text.h"

#define START "# 0 \"x.c\"\n# 0 \"<built-in>\"\n# 0 \"<command-line>\"\n# 1 \"x.c\"\n"

static void read_text(struct text *text, const char *content, size_t length)
{
    char path[] = "/tmp/capsule_text_XXXXXX";
    struct findings findings = {.count = 0};
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, content, length), (ssize_t)length);
    assert_int_equal(close(file), 0);
    assert_true(text_read(text, path, ".", &findings));
    assert_int_equal(unlink(path), 0);
    findings_free(&findings);
}

/* The line that is wrong; 0 when none is. */
static unsigned wrong_line(const char *content)
{
    struct text text;
    read_text(&text, content, strlen(content));
    unsigned wrong = text.wrong_marker;
    text_free(&text);
    return wrong;
}

static void test_places_follow_the_markers(void **state)
{
    (void)state;
    static const char content[] =
        START "int a;\n# 1 \"x.h\" 1\nint b;\n\nint c;\n# 9 \"x.c\" 2\nint d;\n";
    struct text text;
    read_text(&text, content, strlen(content));
    assert_int_equal(text.wrong_marker, 0);
    assert_string_equal(text_place_of(&text, 5).file->name, "x.c");
    assert_int_equal(text_place_of(&text, 5).line, 1);
    assert_string_equal(text_place_of(&text, 9).file->name, "x.h");
    assert_int_equal(text_place_of(&text, 9).line, 3);
    assert_string_equal(text_place_of(&text, 11).file->name, "x.c");
    assert_int_equal(text_place_of(&text, 11).line, 9);
    assert_null(text_place_of(&text, 1000).file);
    assert_int_equal(text.token_count, 12);
    text_free(&text);
}

static void test_markers_that_no_preprocessor_writes(void **state)
{
    (void)state;
    assert_int_equal(wrong_line(START "int a;\n# 7 \"x.c\"\nint b;\n"), 0);
    assert_int_equal(wrong_line(START "# 1 \"other.h\"\n"), 5); /* enters nothing */
    assert_int_equal(wrong_line(START "# 1 \"x.c\" 2\n"), 5);   /* returns to nothing */
    assert_int_equal(wrong_line(START "# 1 \"x.h\" 1\n# 2 \"y.c\" 2\n"), 6); /* to another */
    assert_int_equal(wrong_line(START "int a;\n# 1 \"<built-in>\"\n"), 6);   /* behind text */
    assert_int_equal(wrong_line("# 1 \"x.c\" 2\n"), 1);
    assert_int_equal(wrong_line("# 1 \"<built-in>\"\n"), 1);
}

static void test_text_behind_a_wrong_marker_is_the_capsules(void **state)
{
    (void)state;
    static const char content[] = START "# 3 \"stdint.h\"\n# 1 \"stdint.h\" 1 3\nint a;\n";
    struct text text;
    read_text(&text, content, strlen(content));
    assert_true(text_is_capsule(&text, 7));
    assert_true(text_place_of(&text, 7).file->is_main);
    text_free(&text);
}

static void test_every_beginning_of_a_text_is_read(void **state)
{
    (void)state;
    static const char content[] = START "int a = 'x';\n# 1 \"x.h\" 1 3 4\nchar *b = "
                                        "\"a\\\"\\\\\";\n#pragma x\n %:\n# 5 \"x.c\" 2\n\\\n";
    for (size_t length = 0; length < sizeof content; length++) {
        struct text text;
        read_text(&text, content, length); /* the last with a zero byte in it */
        text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_follow_the_markers),
        cmocka_unit_test(test_markers_that_no_preprocessor_writes),
        cmocka_unit_test(test_text_behind_a_wrong_marker_is_the_capsules),
        cmocka_unit_test(test_every_beginning_of_a_text_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
