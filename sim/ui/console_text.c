#include "sim/ui/console_text.h"

#include <stdlib.h>
#include <string.h>

#include "sim/ui/utf8.h"

#define TAB_COLUMNS   8U
#define PARAMETER_MAX 9999U

static const struct console_cell plain_pen = {0, CONSOLE_DEFAULT, CONSOLE_DEFAULT, 0};

static struct console_line *line_at(struct console_text *text, uint64_t number)
{
    return &text->lines[number % CONSOLE_LINES_MAX];
}

const struct console_line *console_text_line(const struct console_text *text, uint64_t number)
{
    return &text->lines[number % CONSOLE_LINES_MAX];
}

static void drop_oldest(struct console_text *text)
{
    struct console_line *line = line_at(text, text->first);
    text->cells -= line->room;
    free(line->cells);
    *line = (struct console_line){0};
    text->first++;
}

static void begin_line(struct console_text *text)
{
    if (text->end - text->first == CONSOLE_LINES_MAX) {
        drop_oldest(text);
    }
    *line_at(text, text->end) = (struct console_line){0};
    text->end++;
    text->column = 0;
    text->returned = false;
}

static bool is_ready(struct console_text *text)
{
    if (text->lines == NULL) {
        text->lines = calloc(CONSOLE_LINES_MAX, sizeof *text->lines);
        text->pen = plain_pen;
        if (text->lines != NULL) {
            begin_line(text);
        }
    }
    return text->lines != NULL;
}

/* Room for so many cells of the last line; without memory what comes is not kept. */
static bool make_room(struct console_text *text, uint32_t columns)
{
    struct console_line *line = line_at(text, text->end - 1);
    if (columns <= line->room) {
        return true;
    }
    uint32_t room = line->room < 16 ? 32 : line->room * 2;
    room = room < columns ? columns : room;
    struct console_cell *cells = realloc(line->cells, room * sizeof *cells);
    if (cells == NULL) {
        return false;
    }
    text->cells += room - line->room;
    line->cells = cells;
    line->room = room;
    while (text->cells > CONSOLE_CELLS_MAX && text->end - text->first > 1) {
        drop_oldest(text);
    }
    return true;
}

static void put(struct console_text *text, uint32_t character)
{
    if (text->returned) {
        line_at(text, text->end - 1)->count = 0;
        text->returned = false;
    }
    if (text->column >= CONSOLE_COLUMNS_MAX) {
        begin_line(text);
    }
    if (!make_room(text, text->column + 1)) {
        return;
    }
    struct console_line *line = line_at(text, text->end - 1);
    while (line->count < text->column) {
        struct console_cell blank = plain_pen;
        blank.character = ' ';
        line->cells[line->count++] = blank;
    }
    struct console_cell cell = text->pen;
    cell.character = character;
    line->cells[text->column++] = cell;
    if (line->count < text->column) {
        line->count = text->column;
    }
}

static void set_colour(struct console_cell *pen, uint32_t code)
{
    if (code >= 30 && code <= 37) {
        pen->ink = (uint8_t)(code - 30);
    } else if (code >= 90 && code <= 97) {
        pen->ink = (uint8_t)(code - 90 + 8);
    } else if (code == 39) {
        pen->ink = CONSOLE_DEFAULT;
    } else if (code >= 40 && code <= 47) {
        pen->paper = (uint8_t)(code - 40);
    } else if (code >= 100 && code <= 107) {
        pen->paper = (uint8_t)(code - 100 + 8);
    } else if (code == 49) {
        pen->paper = CONSOLE_DEFAULT;
    }
}

static void set_attribute(struct console_cell *pen, uint32_t code)
{
    static const struct {
        uint32_t code;
        uint8_t on, off;
    } attributes[] = {
        {1, CONSOLE_BOLD, 0},
        {2, CONSOLE_DIM, 0},
        {4, CONSOLE_UNDERLINE, 0},
        {7, CONSOLE_INVERSE, 0},
        {22, 0, CONSOLE_BOLD | CONSOLE_DIM},
        {24, 0, CONSOLE_UNDERLINE},
        {27, 0, CONSOLE_INVERSE},
    };
    if (code == 0) {
        *pen = plain_pen;
    }
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        if (attributes[i].code == code) {
            pen->style = (uint8_t)((pen->style | attributes[i].on) & ~attributes[i].off);
        }
    }
    set_colour(pen, code);
}

/* 38;5;N, 48;5;N: the first sixteen are the usual ones; others, and 38;2;R;G;B, are left out.
 * Returns how many parameters that took. */
static uint32_t set_extended(struct console_text *text, uint32_t at)
{
    const uint32_t *parameters = text->parameters;
    uint32_t left = text->parameter_count - at;
    if (left >= 3 && parameters[at + 1] == 5) {
        uint32_t colour = parameters[at + 2];
        uint8_t value = colour < 16 ? (uint8_t)colour : (uint8_t)CONSOLE_DEFAULT;
        if (parameters[at] == 38) {
            text->pen.ink = value;
        } else {
            text->pen.paper = value;
        }
        return 3;
    }
    return left >= 2 && parameters[at + 1] == 2 ? 5 : 1;
}

static void set_graphics(struct console_text *text)
{
    for (uint32_t i = 0; i < text->parameter_count;) {
        uint32_t code = text->parameters[i];
        if (code == 38 || code == 48) {
            i += set_extended(text, i);
        } else {
            set_attribute(&text->pen, code);
            i++;
        }
    }
}

static void erase_in_line(struct console_text *text, uint32_t what)
{
    struct console_line *line = line_at(text, text->end - 1);
    text->returned = false;
    if (what == 0 && line->count > text->column) {
        line->count = text->column;
    } else if (what == 1) {
        for (uint32_t i = 0; i < line->count && i <= text->column; i++) {
            line->cells[i].character = ' ';
        }
    } else if (what == 2) {
        line->count = 0;
    }
}

static void end_sequence(struct console_text *text, uint8_t last)
{
    uint32_t first = text->parameters[0];
    uint32_t steps = first > 0 ? first : 1;
    switch (last) {
    case 'm':
        set_graphics(text);
        break;
    case 'K':
        erase_in_line(text, first);
        break;
    case 'C':
        text->column += steps < CONSOLE_COLUMNS_MAX ? steps : CONSOLE_COLUMNS_MAX;
        text->column = text->column < CONSOLE_COLUMNS_MAX ? text->column : CONSOLE_COLUMNS_MAX - 1;
        text->returned = false;
        break;
    case 'D':
        text->column = text->column > steps ? text->column - steps : 0;
        break;
    default:
        break;
    }
}

static void take_in_sequence(struct console_text *text, uint8_t byte)
{
    uint32_t *parameter = &text->parameters[text->parameter_count - 1];
    if (byte >= '0' && byte <= '9') {
        *parameter = *parameter * 10 + (uint32_t)(byte - '0');
        *parameter = *parameter < PARAMETER_MAX ? *parameter : PARAMETER_MAX;
    } else if (byte == ';' || byte == ':') {
        if (text->parameter_count < CONSOLE_PARAMETERS) {
            text->parameters[text->parameter_count++] = 0;
        }
    } else if (byte >= 0x40 && byte <= 0x7e) {
        end_sequence(text, byte);
        text->state = CONSOLE_PLAIN;
    } else if (byte < 0x20 || byte > 0x7e) {
        text->state = CONSOLE_PLAIN; /* broken off */
    }
}

static void take_in_escape(struct console_text *text, uint8_t byte)
{
    text->state = CONSOLE_PLAIN;
    if (byte == '[') {
        memset(text->parameters, 0, sizeof text->parameters);
        text->parameter_count = 1;
        text->state = CONSOLE_SEQUENCE;
    } else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
        text->string_escape = false;
        text->state = CONSOLE_STRING; /* titles and such */
    } else if (byte >= 0x20 && byte <= 0x2f) {
        text->state = CONSOLE_ESCAPE; /* one more follows */
    }
}

static void take_control(struct console_text *text, uint8_t byte)
{
    switch (byte) {
    case '\n':
        begin_line(text);
        break;
    case '\r':
        text->column = 0;
        text->returned = true;
        break;
    case '\b':
        text->column -= text->column > 0 ? 1 : 0;
        break;
    case '\t':
        text->column += TAB_COLUMNS - text->column % TAB_COLUMNS;
        text->column = text->column < CONSOLE_COLUMNS_MAX ? text->column : CONSOLE_COLUMNS_MAX - 1;
        break;
    case 0x1b:
        text->state = CONSOLE_ESCAPE;
        break;
    case 0:
    case 7:
        break; /* nothing to see */
    default:
        put(text, UTF8_REPLACEMENT);
        break;
    }
}

static void give_up_partial(struct console_text *text)
{
    for (uint32_t i = 0; i < text->partial_count; i++) {
        put(text, UTF8_REPLACEMENT);
    }
    text->partial_count = 0;
}

/* A byte of a character that has several. */
static void take_high(struct console_text *text, uint8_t byte)
{
    if ((byte & 0xc0U) != 0x80) {
        give_up_partial(text);
        if (byte < 0xc2 || byte > 0xf4) {
            put(text, UTF8_REPLACEMENT); /* begins nothing */
            return;
        }
        text->partial_length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    } else if (text->partial_count == 0) {
        put(text, UTF8_REPLACEMENT);
        return;
    }
    text->partial[text->partial_count++] = (char)byte;
    if (text->partial_count == text->partial_length) {
        text->partial[text->partial_count] = 0;
        text->partial_count = 0;
        for (const char *next = text->partial; *next != 0;) {
            uint32_t character = utf8_next(&next);
            put(text, character < 0xa0 ? UTF8_REPLACEMENT : character);
        }
    }
}

static void take_byte(struct console_text *text, uint8_t byte)
{
    if (text->state == CONSOLE_STRING) {
        bool ends = byte == 7 || (text->string_escape && byte == '\\') || byte == '\n';
        text->string_escape = byte == 0x1b;
        text->state = ends ? CONSOLE_PLAIN : CONSOLE_STRING;
    } else if (text->state == CONSOLE_SEQUENCE) {
        take_in_sequence(text, byte);
    } else if (text->state == CONSOLE_ESCAPE) {
        take_in_escape(text, byte);
    } else if (byte >= 0x80) {
        take_high(text, byte);
    } else {
        give_up_partial(text);
        if (byte >= 0x20 && byte != 0x7f) {
            put(text, byte);
        } else {
            take_control(text, byte);
        }
    }
}

void console_text_feed(struct console_text *text, const uint8_t *bytes, size_t count)
{
    if (count == 0 || !is_ready(text)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        take_byte(text, bytes[i]);
    }
    text->changes++;
}

void console_text_notice(struct console_text *text, const char *notice)
{
    if (!is_ready(text)) {
        return;
    }
    struct console_cell pen = text->pen;
    if (line_at(text, text->end - 1)->count > 0) {
        begin_line(text);
    }
    text->pen = plain_pen;
    text->pen.style = CONSOLE_NOTICE;
    for (const char *next = notice; *next != 0;) {
        put(text, utf8_next(&next));
    }
    begin_line(text);
    text->pen = pen;
    text->state = CONSOLE_PLAIN;
    text->partial_count = 0;
    text->changes++;
}

void console_text_clear(struct console_text *text)
{
    if (text->lines == NULL) {
        return;
    }
    while (text->first < text->end) {
        drop_oldest(text);
    }
    begin_line(text);
    text->changes++;
}

void console_text_close(struct console_text *text)
{
    while (text->lines != NULL && text->first < text->end) {
        drop_oldest(text);
    }
    free(text->lines);
    *text = (struct console_text){0};
}
