/* The oracle is a small terminal that shows what it is sent. */
#include "kernel/capsules/line_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PROMPT "sandglass$ "

struct terminal {
    char row[160];
    size_t column;
};

static struct line_edit line;
static struct terminal terminal;
static uint8_t room[LINE_EDIT_BYTES + sizeof PROMPT + 16];
static size_t last_drawn; /* bytes of the last drawing */

/* Knows CR, ESC [ K, ESC [ n D and plain characters: anything else is a failure. */
static void show(struct const_slice text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        char byte = (char)text.bytes[i];
        if (byte == '\r') {
            terminal.column = 0;
        } else if (byte == 0x1B) {
            size_t count = 0;
            assert_int_equal(text.bytes[++i], '[');
            for (i++; text.bytes[i] >= '0' && text.bytes[i] <= '9'; i++) {
                count = count * 10 + text.bytes[i] - '0';
            }
            if (text.bytes[i] == 'K') {
                memset(&terminal.row[terminal.column], ' ', sizeof terminal.row - terminal.column);
            } else {
                assert_int_equal(text.bytes[i], 'D');
                terminal.column -= count;
            }
        } else {
            assert_true(byte >= ' ' && byte < 0x7F);
            terminal.row[terminal.column++] = byte;
        }
    }
}

static void fresh_prompt(void)
{
    memset(&terminal, 0, sizeof terminal);
    memset(terminal.row, ' ', sizeof terminal.row);
    show(SLICE_OF_TEXT(PROMPT));
}

static int begin(void **state)
{
    (void)state;
    line_edit_init(&line);
    fresh_prompt();
    return 0;
}

/* What the last of the keys has done: entered the line, changed what the terminal shows, nothing.
 */
enum event { LINE_EDIT_NOTHING, LINE_EDIT_CHANGED, LINE_EDIT_ENTERED };

static enum event type(const char *keys)
{
    enum event event = LINE_EDIT_NOTHING;
    for (; *keys != 0; keys++) {
        struct text text = text_begin(SLICE_OF(room));
        bool entered = line_edit_put(&line, (uint8_t)*keys);
        line_edit_draw(&line, SLICE_OF_TEXT(PROMPT), &text);
        assert_true(text.length < sizeof room); /* nothing was cut */
        show(text_done(&text));
        if (entered) {
            assert_int_equal(text.length, 0);
            event = LINE_EDIT_ENTERED;
        } else if (text.length > 0) {
            last_drawn = text.length;
            event = LINE_EDIT_CHANGED;
        } else {
            event = LINE_EDIT_NOTHING;
        }
    }
    return event;
}

/* The line is this, and the terminal shows it, with the cursor in that column of it. */
static void expect_line(const char *expected, size_t cursor)
{
    struct const_slice text = line_edit_text(&line);
    char row[sizeof terminal.row];
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.length);
    memset(row, ' ', sizeof row);
    memcpy(row, PROMPT, strlen(PROMPT));
    memcpy(&row[strlen(PROMPT)], expected, strlen(expected));
    assert_memory_equal(terminal.row, row, sizeof row);
    assert_int_equal(terminal.column, strlen(PROMPT) + cursor);
}

static void enter(const char *keys)
{
    (void)type(keys);
    assert_int_equal(type("\r"), LINE_EDIT_ENTERED);
    line_edit_next(&line);
    fresh_prompt();
}

#define UP    "\x1B[A"
#define DOWN  "\x1B[B"
#define RIGHT "\x1B[C"
#define LEFT  "\x1B[D"
#define HOME  "\x1B[H"
#define END   "\x1B[F"
#define DEL   "\x1B[3~"

static void test_typing(void **state)
{
    (void)state;
    (void)type("lis");
    expect_line("lis", 3);
    assert_int_equal(last_drawn, 1); /* the byte itself and no more */
    assert_int_equal(type("t"), LINE_EDIT_CHANGED);
    assert_int_equal(type("\t"), LINE_EDIT_NOTHING);
    assert_int_equal(type("\xC3"), LINE_EDIT_NOTHING);
    assert_int_equal(type("\r"), LINE_EDIT_ENTERED);
    expect_line("list", 4);
}

static void test_return_and_newline_are_one(void **state)
{
    (void)state;
    assert_int_equal(type("a\r"), LINE_EDIT_ENTERED);
    line_edit_next(&line);
    assert_int_equal(type("\n"), LINE_EDIT_NOTHING);
    assert_int_equal(type("\n"), LINE_EDIT_ENTERED);
    assert_int_equal(type("\n"), LINE_EDIT_ENTERED);
}

static void test_moving_and_inserting(void **state)
{
    (void)state;
    (void)type("bd" LEFT "c" HOME "a" END "e");
    expect_line("abcde", 5);
    (void)type("\x01"
               "0");
    expect_line("0abcde", 1);
    (void)type("\x05" LEFT LEFT RIGHT);
    expect_line("0abcde", 5);
    assert_int_equal(type(END), LINE_EDIT_CHANGED);
    assert_int_equal(type(END), LINE_EDIT_NOTHING);
    assert_int_equal(type(RIGHT), LINE_EDIT_NOTHING);
    (void)type("\x1B[1~");
    assert_int_equal(type(LEFT), LINE_EDIT_NOTHING);
    (void)type("\x1B[4~");
    expect_line("0abcde", 6);
    (void)type("\x1BOH");
    expect_line("0abcde", 0);
}

static void test_deleting(void **state)
{
    (void)state;
    (void)type("abcdef\x7F\x08");
    expect_line("abcd", 4);
    (void)type(LEFT LEFT "\x7F");
    expect_line("acd", 1);
    (void)type(DEL);
    expect_line("ad", 1);
    (void)type(HOME);
    assert_int_equal(type("\x7F"), LINE_EDIT_NOTHING);
    (void)type(END);
    assert_int_equal(type(DEL), LINE_EDIT_NOTHING);
    (void)type("\x03");
    expect_line("", 0);
    assert_int_equal(type("\x7F"), LINE_EDIT_NOTHING);
}

static void test_full_line(void **state)
{
    (void)state;
    char full[LINE_EDIT_BYTES + 1];
    memset(full, 'x', sizeof full - 1);
    full[sizeof full - 1] = 0;
    (void)type(full);
    assert_int_equal(type("y"), LINE_EDIT_NOTHING);
    expect_line(full, LINE_EDIT_BYTES);
    (void)type(HOME);
    assert_int_equal(type("y"), LINE_EDIT_NOTHING);
    expect_line(full, 0);
}

static void test_earlier_lines(void **state)
{
    (void)state;
    assert_int_equal(type(UP), LINE_EDIT_NOTHING);
    enter("first");
    enter("second");
    enter("second"); /* not twice */
    enter("");
    (void)type("new" UP);
    expect_line("second", 6);
    (void)type(UP);
    expect_line("first", 5);
    assert_int_equal(type(UP), LINE_EDIT_NOTHING);
    (void)type("!" DOWN);
    expect_line("second", 6);
    (void)type(DOWN);
    expect_line("", 0);
    assert_int_equal(type(DOWN), LINE_EDIT_NOTHING);
}

static void test_history_forgets_the_oldest(void **state)
{
    (void)state;
    for (int i = 0; i < 26; i++) {
        char long_line[41];
        memset(long_line, 'a' + i, 40);
        long_line[40] = 0;
        enter(long_line);
    }
    enter("1234"); /* 3 * 41 + 5: exactly full */
    (void)type(UP UP UP UP);
    assert_int_equal(line_edit_text(&line).bytes[0], 'x');
    assert_int_equal(line_edit_text(&line).length, 40);
    assert_int_equal(type(UP), LINE_EDIT_NOTHING);
    (void)type("\x03");
    enter("1"); /* two bytes more than there is room for */
    (void)type(UP UP UP UP);
    assert_int_equal(line_edit_text(&line).bytes[0], 'y');
    assert_int_equal(type(UP), LINE_EDIT_NOTHING);
    (void)type("\x03");
    enter("a line of 39 bytes: one more than fits.");
    (void)type(UP UP UP UP);
    assert_int_equal(line_edit_text(&line).bytes[0], 'z');
    assert_int_equal(type(UP), LINE_EDIT_NOTHING);
}

static void test_unknown_sequences_do_nothing(void **state)
{
    (void)state;
    (void)type("ab"
               "\x1B[Z"
               "\x1B[9~"
               "\x1B"
               "x"
               "\x1B[5x"
               "c");
    expect_line("abc", 3);
    (void)type("\x1B[");
    assert_int_equal(type("\r"), LINE_EDIT_ENTERED);
    line_edit_next(&line);
    fresh_prompt();
    (void)type("A");
    expect_line("A", 1);
}

/* Any keys at all: the terminal always shows the line, and nothing is overrun. */
static void test_random_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {UP,  DOWN,  LEFT,   RIGHT,  HOME, END,  DEL,    "\x7F",
                                       "a", "bcd", "\x03", "\x1B", "[",  "\r", "\xFF", LEFT LEFT};
    uint32_t random = 1;
    for (int i = 0; i < 200000; i++) {
        random = random * 1664525u + 1013904223u;
        const char *key = keys[random >> 28];
        if (type(key) == LINE_EDIT_ENTERED) {
            line_edit_next(&line);
            fresh_prompt();
        }
        if (line.escape == 0) {
            char text[LINE_EDIT_BYTES + 1] = {0};
            memcpy(text, line_edit_text(&line).bytes, line_edit_text(&line).length);
            expect_line(text, line.cursor);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_typing),
        TEST(test_return_and_newline_are_one),
        TEST(test_moving_and_inserting),
        TEST(test_deleting),
        TEST(test_full_line),
        TEST(test_earlier_lines),
        TEST(test_history_forgets_the_oldest),
        TEST(test_unknown_sequences_do_nothing),
        TEST(test_random_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
