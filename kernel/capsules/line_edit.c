#include "kernel/capsules/line_edit.h"

#include "kernel/capsule/manifest.h"

CAPSULE(line_edit, .needs = {TEXT});

enum {
    KEY_HOME = 0x01,
    KEY_DROP_LINE = 0x03,
    KEY_END = 0x05,
    KEY_BACKSPACE = 0x08,
    KEY_ESCAPE = 0x1B,
    KEY_RUBOUT = 0x7F,
};

static struct slice line_bytes(struct line_edit *line)
{
    return SLICE_OF(line->bytes);
}

static struct slice history_bytes(struct line_edit *line)
{
    return SLICE_OF(line->history);
}

/* --- Editing: each returns whether anything has changed --- */

/* The terminal's cursor stands where ours stands: unless that is the end, what it shows after it is
 * overwritten by no mere addition. */
static void touch_line(struct line_edit *line, bool only_appends)
{
    line->redraw = line->redraw || !only_appends || line->cursor != line->length;
}

static bool move_cursor(struct line_edit *line, uint32_t cursor)
{
    if (cursor > line->length || cursor == line->cursor) {
        return false;
    }
    touch_line(line, false);
    line->cursor = cursor;
    return true;
}

static bool insert_byte(struct line_edit *line, uint8_t byte)
{
    if (line->length >= LINE_EDIT_BYTES) {
        return false;
    }
    touch_line(line, true);
    struct slice from_cursor =
        slice_part(line_bytes(line), line->cursor, line->length - line->cursor);
    struct slice behind = slice_part(line_bytes(line), line->cursor + 1, from_cursor.length);
    (void)slice_copy(behind, slice_as_const(from_cursor));
    (void)slice_put(line_bytes(line), line->cursor, byte);
    line->length++;
    line->cursor++;
    return true;
}

/* The byte at `index`, which is at the cursor or just before it. */
static bool delete_byte(struct line_edit *line, uint32_t index)
{
    if (index >= line->length) {
        return false;
    }
    touch_line(line, false);
    struct slice rest = slice_part(line_bytes(line), index + 1, line->length - index - 1);
    (void)slice_copy(slice_part(line_bytes(line), index, rest.length), slice_as_const(rest));
    line->length--;
    line->cursor = index;
    return true;
}

static void replace_line(struct line_edit *line, struct const_slice with)
{
    touch_line(line, false);
    line->length = slice_copy(line_bytes(line), with);
    line->cursor = line->length;
}

/* --- Earlier lines --- */

/* The line `back` lines ago, 1 is the newest. False when there are not so many. */
static bool find_earlier(struct line_edit *line, uint32_t back, BORROWED struct const_slice *found)
{
    struct const_slice history = slice_as_const(history_bytes(line));
    uint32_t end = line->history_length;
    for (uint32_t i = 0; i < back && end > 0; i++) {
        uint32_t start = end - 1;
        while (start > 0 && slice_get(history, start - 1) != 0) {
            start--;
        }
        *found = const_slice_part(history, start, end - 1 - start);
        end = start;
        if (i + 1 == back) {
            return true;
        }
    }
    return false;
}

static bool recall(struct line_edit *line, uint32_t back)
{
    struct const_slice earlier = {NULL, 0};
    if (back > 0 && !find_earlier(line, back, &earlier)) {
        return false;
    }
    replace_line(line, earlier);
    line->recalled = back;
    return true;
}

static void forget_oldest(struct line_edit *line)
{
    struct slice history = slice_part(history_bytes(line), 0, line->history_length);
    uint32_t end = 0;
    while (end < history.length && slice_get(slice_as_const(history), end) != 0) {
        end++;
    }
    struct slice rest = slice_part(history, end + 1, history.length);
    line->history_length = slice_copy(history, slice_as_const(rest));
}

static void remember(struct line_edit *line)
{
    struct const_slice newest = {NULL, 0};
    struct const_slice text = line_edit_text(line);
    if (text.length == 0 || (find_earlier(line, 1, &newest) && slice_is_equal(newest, text))) {
        return;
    }
    while (line->history_length + text.length + 1 > LINE_EDIT_HISTORY) {
        forget_oldest(line);
    }
    struct slice room = slice_part(history_bytes(line), line->history_length, text.length);
    line->history_length += slice_copy(room, text);
    (void)slice_put(history_bytes(line), line->history_length, 0);
    line->history_length++;
}

/* --- Keys --- */

static bool cursor_key(struct line_edit *line, uint8_t final)
{
    switch (final) {
    case 'A':
        return recall(line, line->recalled + 1);
    case 'B':
        return line->recalled > 0 && recall(line, line->recalled - 1);
    case 'C':
        return move_cursor(line, line->cursor + 1);
    case 'D':
        return line->cursor > 0 && move_cursor(line, line->cursor - 1);
    case 'H':
        return move_cursor(line, 0);
    case 'F':
        return move_cursor(line, line->length);
    default:
        return false;
    }
}

/* ESC [ digit ~ */
static bool numbered_key(struct line_edit *line, uint8_t digit)
{
    switch (digit) {
    case '1':
    case '7':
        return move_cursor(line, 0);
    case '4':
    case '8':
        return move_cursor(line, line->length);
    case '3':
        return delete_byte(line, line->cursor);
    default:
        return false;
    }
}

static bool escape_sequence(struct line_edit *line, uint8_t byte)
{
    uint8_t before = line->escape;
    line->escape = 0;
    if (before == KEY_ESCAPE) {
        line->escape = byte == '[' || byte == 'O' ? '[' : 0;
        return false;
    }
    if (before == '[' && byte >= '0' && byte <= '9') {
        line->escape = byte;
        return false;
    }
    return before == '[' ? cursor_key(line, byte) : byte == '~' && numbered_key(line, before);
}

static bool plain_key(struct line_edit *line, uint8_t byte)
{
    switch (byte) {
    case KEY_ESCAPE:
        line->escape = KEY_ESCAPE;
        return false;
    case KEY_BACKSPACE:
    case KEY_RUBOUT:
        return line->cursor > 0 && delete_byte(line, line->cursor - 1);
    case KEY_HOME:
        return move_cursor(line, 0);
    case KEY_END:
        return move_cursor(line, line->length);
    case KEY_DROP_LINE:
        return recall(line, 0);
    default:
        return byte >= ' ' && byte < KEY_RUBOUT && insert_byte(line, byte);
    }
}

enum line_edit_event line_edit_put(struct line_edit *line, uint8_t byte)
{
    bool after_return = line->after_return;
    line->after_return = byte == '\r';
    if (byte == '\n' && after_return) {
        return LINE_EDIT_NOTHING;
    }
    if (byte == '\r' || byte == '\n') {
        line->escape = 0;
        return LINE_EDIT_ENTERED;
    }
    bool changed = line->escape != 0 ? escape_sequence(line, byte) : plain_key(line, byte);
    return changed ? LINE_EDIT_CHANGED : LINE_EDIT_NOTHING;
}

void line_edit_draw(struct line_edit *line, BORROWED struct const_slice prompt,
                    BORROWED struct text *text)
{
    if (line->redraw) {
        text_add_literal(text, "\r");
        text_add(text, prompt);
        line->drawn = 0;
    }
    text_add(text, const_slice_part(line_edit_text(line), line->drawn, line->length));
    if (line->redraw) {
        text_add_literal(text, "\x1B[K");
        if (line->cursor < line->length) {
            text_add_literal(text, "\x1B[");
            text_add_decimal(text, line->length - line->cursor, 1);
            text_add_literal(text, "D");
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
