#include "sim/ui/console_view.h"

#include <stdlib.h>

#include "sim/ui/utf8.h"

static uint32_t last_row_of(const struct console_view *view, const struct console_line *line)
{
    return line->count > 0 ? (line->count - 1) / view->columns * view->columns : 0;
}

bool console_view_next_row(const struct console_view *view, const struct console_text *text,
                           struct console_place *row)
{
    if (row->column + view->columns < console_text_line(text, row->line)->count) {
        row->column += view->columns;
        return true;
    }
    if (row->line + 1 >= text->end) {
        return false;
    }
    row->line++;
    row->column = 0;
    return true;
}

static bool previous_row(const struct console_view *view, const struct console_text *text,
                         struct console_place *row)
{
    if (row->column >= view->columns) {
        row->column -= view->columns;
        return true;
    }
    if (row->line <= text->first) {
        return false;
    }
    row->line--;
    row->column = last_row_of(view, console_text_line(text, row->line));
    return true;
}

/* The first row of the last page. */
static struct console_place last_top(const struct console_view *view,
                                     const struct console_text *text)
{
    struct console_place row = {text->end - 1, 0};
    row.column = last_row_of(view, console_text_line(text, row.line));
    for (uint32_t i = 1; i < view->rows && previous_row(view, text, &row); i++) {
    }
    return row;
}

static struct console_place kept(const struct console_text *text, struct console_place place)
{
    if (place.line < text->first) {
        return (struct console_place){text->first, 0};
    }
    return place;
}

void console_view_fit(struct console_view *view, const struct console_text *text, uint32_t columns,
                      uint32_t rows)
{
    view->columns = columns > 0 ? columns : 1;
    view->rows = rows > 0 ? rows : 1;
    if (text->lines == NULL) {
        return;
    }
    view->anchor = kept(text, view->anchor);
    view->head = kept(text, view->head);
    struct console_place last = last_top(view, text);
    view->top = kept(text, view->top);
    view->top.column -= view->top.column % view->columns;
    if (!view->scrolled || console_place_compare(view->top, last) >= 0) {
        view->top = last;
        view->scrolled = false;
        view->end_seen = text->end;
    }
}

void console_view_scroll(struct console_view *view, const struct console_text *text, int rows)
{
    if (text->lines == NULL) {
        return;
    }
    view->scrolled = true;
    for (int i = 0; i < rows && console_view_next_row(view, text, &view->top); i++) {
    }
    for (int i = 0; i > rows && previous_row(view, text, &view->top); i--) {
    }
    console_view_fit(view, text, view->columns, view->rows);
}

void console_view_show(struct console_view *view, const struct console_text *text,
                       struct console_place place)
{
    struct console_place row = view->top;
    for (uint32_t i = 0; i < view->rows; i++) {
        if (row.line == place.line && place.column >= row.column &&
            place.column <= row.column + view->columns) {
            return;
        }
        if (!console_view_next_row(view, text, &row)) {
            break;
        }
    }
    view->scrolled = true;
    view->top = kept(text, place);
    view->top.column -= view->top.column % view->columns;
    for (uint32_t i = 0; i < view->rows / 2 && previous_row(view, text, &view->top); i++) {
    }
    console_view_fit(view, text, view->columns, view->rows);
}

struct console_place console_view_at(const struct console_view *view,
                                     const struct console_text *text, int row, int column)
{
    struct console_place place = view->top;
    if (row < 0) {
        return place;
    }
    for (int i = 0; i < row; i++) {
        if (!console_view_next_row(view, text, &place)) {
            return (struct console_place){place.line, console_text_line(text, place.line)->count};
        }
    }
    uint32_t count = console_text_line(text, place.line)->count;
    uint32_t wanted = column > 0 ? (uint32_t)column : 0;
    wanted = wanted < view->columns ? wanted : view->columns;
    place.column = place.column + wanted < count ? place.column + wanted : count;
    return place;
}

void console_view_select_all(struct console_view *view, const struct console_text *text)
{
    if (text->lines != NULL) {
        view->selected = true;
        view->anchor = (struct console_place){text->first, 0};
        view->head =
            (struct console_place){text->end - 1, console_text_line(text, text->end - 1)->count};
    }
}

static bool is_word(uint32_t character)
{
    return character > ' ' && character != '"' && character != '(' && character != ')' &&
           character != ',' && character != ';';
}

void console_view_select_word(struct console_view *view, const struct console_text *text,
                              struct console_place place)
{
    const struct console_line *line = console_text_line(text, place.line);
    uint32_t from = place.column;
    uint32_t to = place.column;
    while (from > 0 && is_word(line->cells[from - 1].character)) {
        from--;
    }
    while (to < line->count && is_word(line->cells[to].character)) {
        to++;
    }
    view->selected = to > from;
    view->anchor = (struct console_place){place.line, from};
    view->head = (struct console_place){place.line, to};
}

void console_view_extend(struct console_view *view, const struct console_text *text, int across,
                         int down)
{
    if (text->lines == NULL) {
        return;
    }
    if (!view->selected) {
        view->head = console_view_at(view, text, (int)view->rows - 1, (int)view->columns);
        view->anchor = view->head;
        view->selected = true;
    }
    struct console_place *head = &view->head;
    if (down < 0) {
        head->line -= head->line > text->first ? 1 : 0;
    } else if (down > 0) {
        head->line += head->line + 1 < text->end ? 1 : 0;
    }
    uint32_t count = console_text_line(text, head->line)->count;
    head->column = head->column < count ? head->column : count;
    if (across < 0 && head->column > 0) {
        head->column--;
    } else if (across < 0 && head->line > text->first) {
        head->line--;
        head->column = console_text_line(text, head->line)->count;
    } else if (across > 0 && head->column < count) {
        head->column++;
    } else if (across > 0 && head->line + 1 < text->end) {
        head->line++;
        head->column = 0;
    }
    console_view_show(view, text, *head);
}

static void ends_of(const struct console_view *view, struct console_place *from,
                    struct console_place *to)
{
    bool forwards = console_place_compare(view->anchor, view->head) <= 0;
    *from = forwards ? view->anchor : view->head;
    *to = forwards ? view->head : view->anchor;
}

bool console_view_is_selected(const struct console_view *view, struct console_place place)
{
    struct console_place from;
    struct console_place to;
    ends_of(view, &from, &to);
    return view->selected && console_place_compare(place, from) >= 0 &&
           console_place_compare(place, to) < 0;
}

char *console_view_copy(const struct console_view *view, const struct console_text *text,
                        size_t *characters)
{
    struct console_place from;
    struct console_place to;
    ends_of(view, &from, &to);
    *characters = 0;
    if (!view->selected || text->lines == NULL || from.line < text->first || to.line >= text->end) {
        return NULL;
    }
    size_t room = 1;
    for (uint64_t number = from.line; number <= to.line; number++) {
        room += (size_t)console_text_line(text, number)->count * UTF8_BYTES_MAX + 1;
    }
    char *copy = malloc(room + UTF8_BYTES_MAX);
    size_t used = 0;
    for (uint64_t number = from.line; copy != NULL && number <= to.line; number++) {
        const struct console_line *line = console_text_line(text, number);
        uint32_t first = number == from.line ? from.column : 0;
        uint32_t end = number == to.line && to.column < line->count ? to.column : line->count;
        while (number != to.line && end > first && line->cells[end - 1].character == ' ') {
            end--;
        }
        for (uint32_t i = first; i < end; i++) {
            used += utf8_put(line->cells[i].character, copy + used);
            ++*characters;
        }
        if (number != to.line) {
            copy[used++] = '\n';
        }
    }
    if (copy != NULL) {
        copy[used] = 0;
    }
    return copy;
}
