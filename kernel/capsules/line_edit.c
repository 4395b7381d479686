#include "kernel/capsules/line_edit.h"

#include "kernel/capsule/manifest.h"

CAPSULE(line_edit, .needs = {TEXT});

/* Sequences of the keys that have no character become these, their usual equals. */
enum key {
    KEY_NONE = 0x00,
    KEY_HOME = 0x01,
    KEY_LEFT = 0x02,
    KEY_DROP_LINE = 0x03,
    KEY_DELETE = 0x04,
    KEY_END = 0x05,
    KEY_RIGHT = 0x06,
    KEY_BACKSPACE = 0x08,
    KEY_LATER = 0x0E,
    KEY_EARLIER = 0x10,
    KEY_ESCAPE = 0x1B,
    KEY_RUBOUT = 0x7F,
};

/* --- Editing --- */

static void move_cursor(struct line_edit *line, uint32_t cursor)
{
    if (cursor <= line->length && cursor != line->cursor) {
        line->cursor = cursor;
        line->redraw = true;
    }
}

static void insert_byte(struct line_edit *line, uint8_t byte)
{
    if (line->length >= LINE_EDIT_BYTES) {
        return;
    }
    /* At the end it is a mere addition to what the terminal shows. */
    line->redraw = line->redraw || line->cursor != line->length;
    for (uint32_t i = line->length; i > line->cursor; i--) {
        line->bytes[i] = line->bytes[i - 1];
    }
    line->bytes[line->cursor] = byte;
    line->cursor++;
    line->length++;
}

/* The byte at `index`, which is at the cursor or just before it. */
static void delete_byte(struct line_edit *line, uint32_t index)
{
    if (index >= line->length) {
        return;
    }
    line->cursor = index;
    line->length--;
    line->redraw = true;
    for (uint32_t i = index; i < line->length; i++) {
        line->bytes[i] = line->bytes[i + 1];
    }
}

/* --- Earlier lines --- */

/* The line `back` lines ago, 1 is the newest; 0 is an empty one. */
static void recall(struct line_edit *line, uint32_t back)
{
    uint32_t start = 0;
    uint32_t end = 0;
    for (uint32_t i = 0; i < back; i++) {
        start = i > 0 ? end + 1 : 0;
        end = start;
        while (end < LINE_EDIT_HISTORY && line->history[end] != 0) {
            end++;
        }
        if (end == start || end == LINE_EDIT_HISTORY) {
            return; /* there are not so many, or it has been cut */
        }
    }
    line->length = end - start;
    line->cursor = line->length;
    line->redraw = true;
    line->recalled = back;
    for (uint32_t i = 0; i < line->length; i++) {
        line->bytes[i] = line->history[start + i];
    }
}

static bool is_newest(const struct line_edit *line)
{
    for (uint32_t i = 0; i < line->length; i++) {
        if (line->bytes[i] != line->history[i]) {
            return false;
        }
    }
    return line->history[line->length] == 0;
}

static void remember(struct line_edit *line)
{
    if (line->length == 0 || is_newest(line)) {
        return;
    }
    for (uint32_t i = LINE_EDIT_HISTORY - 1; i > line->length; i--) {
        line->history[i] = line->history[i - line->length - 1];
    }
    for (uint32_t i = 0; i < line->length; i++) {
        line->history[i] = line->bytes[i];
    }
    line->history[line->length] = 0;
}

/* --- Keys --- */

/* By what a sequence ends in, or its digit before a ~. */
static enum key key_of(uint8_t last)
{
    static const uint8_t keys[][2] = {{'A', KEY_EARLIER}, {'B', KEY_LATER}, {'C', KEY_RIGHT},
                                      {'D', KEY_LEFT},    {'H', KEY_HOME},  {'1', KEY_HOME},
                                      {'7', KEY_HOME},    {'F', KEY_END},   {'4', KEY_END},
                                      {'8', KEY_END},     {'3', KEY_DELETE}};
    for (uint32_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i][0] == last) {
            return keys[i][1];
        }
    }
    return KEY_NONE;
}

/* The key that the byte is, by itself or with those before it (Escape, [, A; Escape, [, 3, ~);
 * KEY_NONE while a sequence is not at its end, or when it is no key's. */
static uint32_t next_key(struct line_edit *line, uint8_t byte)
{
    uint8_t before = line->escape;
    line->escape = 0;
    if (before == 0 && byte != KEY_ESCAPE) {
        return byte;
    }
    if (before == 0 || (before == '[' && byte >= '0' && byte <= '9')) {
        line->escape = byte;
    } else if (before == KEY_ESCAPE) {
        line->escape = byte == '[' || byte == 'O' ? '[' : 0;
    } else if (before == '[' || byte == '~') {
        return key_of(before == '[' ? byte : before);
    }
    return KEY_NONE;
}

/* One before the line's beginning wraps around, and is refused as all places behind its end are. */
static void press(struct line_edit *line, uint32_t key)
{
    switch (key) {
    case KEY_HOME:
        move_cursor(line, 0);
        break;
    case KEY_LEFT:
        move_cursor(line, line->cursor - 1);
        break;
    case KEY_RIGHT:
        move_cursor(line, line->cursor + 1);
        break;
    case KEY_END:
        move_cursor(line, line->length);
        break;
    case KEY_BACKSPACE:
    case KEY_RUBOUT:
    case KEY_DELETE:
        delete_byte(line, key == KEY_DELETE ? line->cursor : line->cursor - 1);
        break;
    case KEY_DROP_LINE:
        recall(line, 0);
        break;
    case KEY_EARLIER:
        recall(line, line->recalled + 1);
        break;
    case KEY_LATER:
        if (line->recalled > 0) {
            recall(line, line->recalled - 1);
        }
        break;
    default:
        if (key >= ' ' && key < KEY_RUBOUT) {
            insert_byte(line, (uint8_t)key);
        }
        break;
    }
}

bool line_edit_put(struct line_edit *line, uint8_t byte)
{
    bool after_return = line->after_return;
    line->after_return = byte == '\r';
    if (byte == '\r' || byte == '\n') {
        line->escape = 0;
        return byte == '\r' || !after_return;
    }
    press(line, next_key(line, byte));
    return false;
}

void line_edit_draw(struct line_edit *line, BORROWED struct const_slice prompt,
                    BORROWED struct text *text)
{
    if (line->redraw) {
        text_add_byte(text, '\r');
        text_add(text, prompt);
        line->drawn = 0;
    }
    text_add(text, const_slice_part(line_edit_text(line), line->drawn, line->length));
    if (line->redraw) {
        text_say(text, TEXT_CLEAR_REST);
        if (line->cursor < line->length) {
            text_say(text, TEXT_ESCAPE);
            text_add_decimal(text, line->length - line->cursor, 1);
            text_add_byte(text, 'D');
        }
    }
    line->drawn = line->length;
    line->redraw = false;
}

struct const_slice line_edit_text(const struct line_edit *line)
{
    struct const_slice all = {line->bytes, sizeof line->bytes};
    return const_slice_part(all, 0, line->length);
}

void line_edit_next(struct line_edit *line)
{
    remember(line);
    line->length = 0;
    line->cursor = 0;
    line->drawn = 0;
    line->redraw = false;
    line->recalled = 0;
}

void line_edit_init(struct line_edit *line)
{
    *line = (struct line_edit){.length = 0};
}
