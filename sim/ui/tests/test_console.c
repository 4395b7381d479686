/* The terminal: lines from bytes, whatever they are; scrolling, selection, search; keys as bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/ui/pane_console_internal.h"
#include "sim/ui/tests/golden.h"
#include "sim/ui/tests/sample_frame.h"
#include "sim/ui/utf8.h"

static void feed(struct console_text *text, const char *bytes)
{
    console_text_feed(text, (const uint8_t *)bytes, strlen(bytes));
}

/* A line as UTF-8. */
static const char *line_of(const struct console_text *text, uint64_t number)
{
    static char line[4 * CONSOLE_COLUMNS_MAX + 5];
    const struct console_line *cells = console_text_line(text, number);
    size_t used = 0;
    line[0] = 0;
    for (uint32_t i = 0; i < cells->count; i++) {
        used += utf8_put(cells->cells[i].character, line + used);
    }
    return line;
}

/* What is left of some bytes, all lines joined by '|'. */
static void check_text(const char *bytes, const char *wanted)
{
    struct console_text whole = {0};
    struct console_text pieces = {0};
    feed(&whole, bytes);
    for (size_t i = 0; i < strlen(bytes); i++) { /* the same, however the bytes are cut */
        console_text_feed(&pieces, (const uint8_t *)bytes + i, 1);
    }
    char joined[4000] = "";
    char again[4000] = "";
    for (uint64_t i = whole.first; i < whole.end; i++) {
        strcat(joined, i > whole.first ? "|" : "");
        strcat(joined, line_of(&whole, i));
    }
    for (uint64_t i = pieces.first; i < pieces.end; i++) {
        strcat(again, i > pieces.first ? "|" : "");
        strcat(again, line_of(&pieces, i));
    }
    assert_string_equal(joined, wanted);
    assert_string_equal(again, wanted);
    console_text_close(&whole);
    console_text_close(&pieces);
}

static void test_lines(void **state)
{
    (void)state;
    check_text("one\r\ntwo\nthree", "one|two|three");
    check_text("50 %\r51 %", "51 %");
    check_text("a long line\rshort", "short");
    check_text("kept\r\r\nnext", "kept|next");
    check_text("abc\b\bX", "aXc");
    check_text("\b\b\bx", "x");
    check_text("a\tb\tc", "a       b       c");
    check_text("abc\x1b[2Dx\x1b[K", "ax");
    check_text("abc\x1b[2Kd", "   d");
    check_text("a\x1b[5Cb", "a     b");
    struct console_text far = {0};
    feed(&far, "\x1b[99999999999999C!");
    assert_int_equal(console_text_line(&far, 0)->count, CONSOLE_COLUMNS_MAX);
    console_text_close(&far);
}

static void test_escapes_are_swallowed(void **state)
{
    (void)state;
    check_text("\x1b[31mred\x1b[0m plain", "red plain");
    check_text("\x1b]0;title\x07text", "text");
    check_text("\x1b]0;title\x1b\\text", "text");
    check_text("\x1bP1$r\x1b\\text", "text");
    check_text("\x1b(Btext\x1b=\x1b>", "text");
    check_text("\x1b[?25l\x1b[2J\x1b[1;1Htext", "text");
    check_text("a\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19mb", "ab");
    check_text("a\x1b[12\nb", "a"
                              "b");
    check_text("\x1b]never ends\nnext", "next");
}

static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    check_text("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    check_text("\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd");
    check_text("\xe2\x82x", "\xef\xbf\xbd\xef\xbf\xbdx");
    check_text("\x80", "\xef\xbf\xbd");
    check_text("\xc2\x85", "\xef\xbf\xbd"); /* a control character in UTF-8 */
    check_text("a\x01z\x07", "a\xef\xbf\xbdz");
}

static void test_colours(void **state)
{
    (void)state;
    struct console_text text = {0};
    feed(&text, "a\x1b[1;31mb\x1b[44;97mc\x1b[22;39;49md\x1b[7;4me\x1b[27;24mf\x1b[38;5;3mg"
                "\x1b[38;5;200mh\x1b[38;2;1;2;31mi\x1b[mj");
    const struct console_cell *cells = console_text_line(&text, 0)->cells;
    assert_int_equal(console_text_line(&text, 0)->count, 10);
    assert_int_equal(cells[0].ink, CONSOLE_DEFAULT);
    assert_int_equal(cells[1].ink, 1);
    assert_int_equal(cells[1].style, CONSOLE_BOLD);
    assert_int_equal(cells[2].ink, 15);
    assert_int_equal(cells[2].paper, 4);
    assert_int_equal(cells[3].ink, CONSOLE_DEFAULT);
    assert_int_equal(cells[3].paper, CONSOLE_DEFAULT);
    assert_int_equal(cells[3].style, 0);
    assert_int_equal(cells[4].style, CONSOLE_INVERSE | CONSOLE_UNDERLINE);
    assert_int_equal(cells[5].style, 0);
    assert_int_equal(cells[6].ink, 3);
    assert_int_equal(cells[7].ink, CONSOLE_DEFAULT);
    assert_int_equal(cells[8].ink, CONSOLE_DEFAULT); /* not 31: that is a part of the colour */
    assert_int_equal(cells[9].style, 0);
    console_text_close(&text);
}

static void test_bounds(void **state)
{
    (void)state;
    struct console_text text = {0};
    char line[32];
    for (int i = 0; i < 25000; i++) {
        snprintf(line, sizeof line, "line %d\n", i);
        feed(&text, line);
    }
    assert_int_equal(text.end - text.first, CONSOLE_LINES_MAX);
    assert_string_equal(line_of(&text, text.first), "line 15001");
    assert_string_equal(line_of(&text, text.end - 2), "line 24999");
    char *endless = malloc(3000001);
    assert_non_null(endless);
    memset(endless, 'x', 3000000);
    endless[3000000] = 0;
    feed(&text, endless);
    free(endless);
    assert_true(text.cells <= CONSOLE_CELLS_MAX);
    for (uint64_t i = text.first; i < text.end; i++) {
        assert_true(console_text_line(&text, i)->count <= CONSOLE_COLUMNS_MAX);
    }
    console_text_clear(&text);
    assert_int_equal(text.end - text.first, 1);
    assert_int_equal(text.cells, 0);
    console_text_close(&text);
}

static void test_scrolling_stays_where_it_is(void **state)
{
    (void)state;
    struct console_text text = {0};
    struct console_view view = {0};
    char line[32];
    for (int i = 0; i < 100; i++) {
        snprintf(line, sizeof line, "line %d\n", i);
        feed(&text, line);
    }
    console_view_fit(&view, &text, 20, 10);
    assert_int_equal(view.top.line, 91); /* 91 to 99, and the empty one */
    console_view_scroll(&view, &text, -30);
    assert_true(view.scrolled);
    assert_int_equal(view.top.line, 61);
    feed(&text, "more\nand more\n");
    console_view_fit(&view, &text, 20, 10);
    assert_int_equal(view.top.line, 61);
    assert_int_equal(text.end - view.end_seen, 2);
    console_view_scroll(&view, &text, 1000);
    assert_false(view.scrolled);
    assert_int_equal(view.top.line, 93);
    console_view_scroll(&view, &text, -1000);
    assert_int_equal(view.top.line, 0);
    for (int i = 0; i < 12000; i++) { /* what was looked at is gone: the oldest that there is */
        feed(&text, "new\n");
    }
    console_view_fit(&view, &text, 20, 10);
    assert_int_equal(view.top.line, text.first);
    console_text_close(&text);
}

static void test_long_lines_take_rows(void **state)
{
    (void)state;
    struct console_text text = {0};
    struct console_view view = {0};
    feed(&text, "abcdefghijklmnopqrstuvwxyz\nshort");
    console_view_fit(&view, &text, 10, 3);
    assert_int_equal(view.top.line, 0);
    assert_int_equal(view.top.column, 10);
    struct console_place place = console_view_at(&view, &text, 0, 3);
    assert_int_equal(place.column, 13);
    place = console_view_at(&view, &text, 2, 99);
    assert_int_equal(place.line, 1);
    assert_int_equal(place.column, 5);
    console_view_fit(&view, &text, 80, 3);
    assert_int_equal(view.top.column, 0);
    console_text_close(&text);
}

static void check_copy(const struct console_view *view, const struct console_text *text,
                       const char *wanted)
{
    size_t characters = 0;
    char *copy = console_view_copy(view, text, &characters);
    assert_non_null(copy);
    assert_string_equal(copy, wanted);
    free(copy);
}

static void test_selection(void **state)
{
    (void)state;
    struct console_text text = {0};
    struct console_view view = {0};
    size_t characters = 0;
    feed(&text, "first line   \nsecond \xc3\xa4, third\n");
    console_view_fit(&view, &text, 80, 24);
    assert_null(console_view_copy(&view, &text, &characters));
    console_view_select_all(&view, &text);
    check_copy(&view, &text, "first line\nsecond \xc3\xa4, third\n");
    console_view_select_word(&view, &text, (struct console_place){1, 3});
    check_copy(&view, &text, "second");
    view.anchor = (struct console_place){1, 2};
    view.head = (struct console_place){0, 6}; /* backwards */
    check_copy(&view, &text, "line\nse");
    assert_true(console_view_is_selected(&view, (struct console_place){1, 1}));
    assert_false(console_view_is_selected(&view, (struct console_place){1, 2}));
    view.selected = false;
    console_view_extend(&view, &text, -1, 0);
    console_view_extend(&view, &text, -1, 0);
    check_copy(&view, &text, "d\n");
    for (int i = 0; i < 100; i++) {
        console_view_extend(&view, &text, 0, -1);
        console_view_extend(&view, &text, -1, 0);
    }
    check_copy(&view, &text, "first line\nsecond \xc3\xa4, third\n");
    console_text_clear(&text); /* what was selected is gone */
    console_view_fit(&view, &text, 80, 24);
    free(console_view_copy(&view, &text, &characters));
    console_text_close(&text);
}

static void test_search(void **state)
{
    (void)state;
    struct console_text text = {0};
    struct console_find *find = calloc(1, sizeof *find);
    assert_non_null(find);
    feed(&text, "Fault one\nno\nfault two, FAULT three\n");
    find->open = true;
    console_find_type(find, "fault");
    console_find_update(find, &text);
    assert_int_equal(find->total, 3);
    assert_int_equal(find->current, 2); /* the newest */
    assert_int_equal(console_find_at(find, 2, 11), 2);
    assert_int_equal(console_find_at(find, 2, 4), 1);
    assert_int_equal(console_find_at(find, 2, 5), 0);
    console_find_step(find, true);
    assert_int_equal(find->current, 1);
    feed(&text, "fault four\n"); /* the current one stays */
    console_find_update(find, &text);
    assert_int_equal(find->total, 4);
    assert_int_equal(find->current, 1);
    console_find_step(find, false);
    console_find_step(find, false);
    console_find_step(find, false);
    assert_int_equal(find->current, 0);
    console_find_type(find, "xyz");
    console_find_update(find, &text);
    assert_int_equal(find->total, 0);
    console_find_step(find, true);
    for (int i = 0; i < 20000; i++) {
        feed(&text, "o");
    }
    for (int i = 0; i < 20; i++) {
        console_find_erase(find);
    }
    console_find_type(find, "o");
    console_find_update(find, &text);
    assert_int_equal(find->total, 20004);
    assert_true(find->count <= CONSOLE_FIND_MAX);
    console_text_close(&text);
    free(find);
}

static void open_rig(struct pane_rig *rig, const struct golden_options *options)
{
    pane_rig_open(rig, &pane_console, options);
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    pane_rig_take(rig, frame);
    free(frame);
    pane_rig_draw(rig);
}

static void check_sent(struct pane_rig *rig, const char *wanted)
{
    char sent[PANE_RIG_COMMANDS_MAX * VIEW_COMMAND_TEXT_MAX + 1];
    size_t used = 0;
    for (size_t i = 0; i < rig->command_count; i++) {
        assert_int_equal(rig->commands[i].kind, VIEW_COMMAND_TEXT);
        assert_true(rig->commands[i].text_length <= VIEW_COMMAND_TEXT_MAX);
        memcpy(sent + used, rig->commands[i].text, rig->commands[i].text_length);
        used += rig->commands[i].text_length;
    }
    sent[used] = 0;
    assert_string_equal(sent, wanted);
    rig->command_count = 0;
}

static void test_keys(void **state)
{
    (void)state;
    struct pane_rig rig;
    open_rig(&rig, &(struct golden_options){.focused = true});
    assert_true(pane_rig_key(&rig, 'l', 0)); /* nobody else's; the text comes after it */
    pane_rig_type(&rig, "l");
    pane_rig_type(&rig, "\xc3\xa4");
    pane_rig_key(&rig, UI_KEY_ENTER, 0);
    check_sent(&rig, "l\xc3\xa4\r");
    pane_rig_key(&rig, UI_KEY_BACKSPACE, 0);
    pane_rig_key(&rig, UI_KEY_UP_ARROW, 0);
    pane_rig_key(&rig, 'c', UI_CTRL);
    pane_rig_key(&rig, UI_KEY_ESCAPE, 0);
    check_sent(&rig, "\x7f\x1b[A\x03\x1b");
    assert_false(pane_rig_key(&rig, UI_KEY_F1, 0));
    assert_false(pane_rig_key(&rig, '1', UI_ALT));
    rig.context.focused = false;
    assert_false(pane_rig_key(&rig, '1', 0));
    assert_false(pane_rig_type(&rig, "1"));
    check_sent(&rig, "");
    pane_rig_close(&rig);
}

static void test_paste_and_copy(void **state)
{
    (void)state;
    struct pane_rig rig;
    open_rig(&rig, &(struct golden_options){.focused = true});
    snprintf(rig.clipboard, sizeof rig.clipboard, "one\ntwo\r\n%0300d", 7);
    pane_rig_key(&rig, 'v', UI_CTRL | UI_SHIFT);
    char wanted[400];
    snprintf(wanted, sizeof wanted, "one\rtwo\r%0300d", 7);
    check_sent(&rig, wanted);
    pane_rig_key(&rig, 'c', UI_CTRL | UI_SHIFT);
    assert_non_null(strstr(rig.said, "Nothing is selected"));
    pane_rig_key(&rig, 'a', UI_CTRL);
    pane_rig_key(&rig, 'c', UI_CTRL | UI_SHIFT);
    assert_non_null(strstr(rig.clipboard, "Entering main loop\n"));
    /* With the mouse: the word under it. */
    const struct console_pane *pane = rig.state;
    struct ui_event event = {.kind = UI_MOUSE_DOWN,
                             .x = rig.area.x + 3 * pane->cell_width,
                             .y = rig.area.y + 5,
                             .button = 1,
                             .clicks = 2};
    pane_rig_event(&rig, &event);
    event.kind = UI_MOUSE_UP;
    pane_rig_event(&rig, &event);
    pane_rig_key(&rig, 'c', UI_CTRL | UI_SHIFT);
    assert_string_equal(rig.clipboard, "Initialization");
    assert_string_equal(rig.said, "Copied 14 characters");
    pane_rig_close(&rig);
}

static void test_lost_and_none(void **state)
{
    (void)state;
    struct pane_rig rig;
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    pane_rig_open(&rig, &pane_console, &(struct golden_options){.focused = true});
    frame->console.lost = 1234;
    pane_rig_take(&rig, frame);
    const struct console_pane *pane = rig.state;
    assert_non_null(strstr(line_of(&pane->text, 0), "1234 bytes were lost"));
    frame->console.device = NULL;
    frame->console.lost = 0;
    frame->console.count = 0;
    pane_rig_take(&rig, frame);
    pane_rig_type(&rig, "x");
    assert_int_equal(rig.command_count, 0);
    assert_non_null(strstr(rig.said, "no console"));
    free(frame);
    pane_rig_close(&rig);
}

/* Every byte in every state of the parser, then whatever one can press, in panes of any size. */
static void test_hostile(void **state)
{
    (void)state;
    struct pane_rig rig;
    open_rig(&rig, &(struct golden_options){.focused = true, .width = 160, .height = 60});
    struct view_frame *frame = sample_frame_new();
    assert_non_null(frame);
    uint32_t random = 12345;
    for (int round = 0; round < 60; round++) {
        frame->console.count = VIEW_CONSOLE_BYTES_MAX;
        for (size_t i = 0; i < VIEW_CONSOLE_BYTES_MAX; i++) {
            random = random * 1664525U + 1013904223U;
            uint32_t byte = random >> 24;
            frame->console.bytes[i] = (uint8_t)(byte < 40   ? 0x1b
                                                : byte < 70 ? '['
                                                : byte < 90 ? '0' + byte % 12
                                                            : byte);
        }
        frame->console.lost = round % 7 == 0 ? UINT64_MAX : 0;
        pane_rig_take(&rig, frame);
        rig.area.width = (float)(round % 5) * 30;
        rig.area.height = (float)(round % 3) * 30;
        static const int keys[] = {
            UI_KEY_PAGE_UP, UI_KEY_LEFT,  UI_KEY_UP_ARROW,  'f',          'a', 'l',
            UI_KEY_HOME,    UI_KEY_ENTER, UI_KEY_PAGE_DOWN, UI_KEY_ESCAPE};
        pane_rig_key(&rig, keys[round % 10], (unsigned)round % 4);
        pane_rig_type(&rig, "\xff[");
        pane_rig_click(&rig, (float)(round * 7 % 200), (float)(round * 5 % 100) - 20);
        const struct ui_event move = {.kind = UI_MOUSE_MOVE, .x = -50, .y = 500};
        pane_rig_event(&rig, &move);
        pane_rig_draw(&rig);
    }
    free(frame);
    pane_rig_close(&rig);
}

static void test_golden(void **state)
{
    (void)state;
    struct pane_rig rig;
    open_rig(&rig, &(struct golden_options){.focused = true, .width = 560, .height = 260});
    golden_check_rig("console_dark", &rig);
    pane_rig_close(&rig);
    open_rig(&rig, &(struct golden_options){
                       .focused = true, .width = 480, .height = 200, .theme = THEME_LIGHT});
    pane_rig_key(&rig, 'f', UI_CTRL);
    pane_rig_type(&rig, "blink");
    pane_rig_draw(&rig);
    pane_rig_key(&rig, UI_KEY_ENTER, 0);
    golden_check_rig("console_light_find", &rig);
    pane_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_escapes_are_swallowed),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_scrolling_stays_where_it_is),
        cmocka_unit_test(test_long_lines_take_rows),
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_paste_and_copy),
        cmocka_unit_test(test_lost_and_none),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
