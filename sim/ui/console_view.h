/* sim/ui/console_view.h - which part of the terminal's text is seen, and which is selected. A line
 * that is longer than the pane is wide takes several rows. Without drawing. */
#ifndef SIM_UI_CONSOLE_VIEW_H
#define SIM_UI_CONSOLE_VIEW_H

#include "sim/ui/console_find.h"
#include "sim/ui/console_text.h"

/* Zeroed, it follows the end. */
struct console_view {
    uint32_t columns, rows;
    bool scrolled;            /* else it follows the end */
    struct console_place top; /* first row; the column is a multiple of `columns` */
    uint64_t end_seen;        /* end of the text when the end was seen last */
    bool selected;
    struct console_place anchor, head; /* of the selection: where it began, where it is now */
};

/* The pane has so many columns and rows now, and the text may have grown and lost lines. */
void console_view_fit(struct console_view *view, const struct console_text *text, uint32_t columns,
                      uint32_t rows);
/* The row after this one; false: that was the last. */
bool console_view_next_row(const struct console_view *view, const struct console_text *text,
                           struct console_place *row);
/* Rows down; negative: up. Follows again when the end is reached. */
void console_view_scroll(struct console_view *view, const struct console_text *text, int rows);
/* Scrolls as far as needed for the place to be seen. */
void console_view_show(struct console_view *view, const struct console_text *text,
                       struct console_place place);
/* A place that exists, nearest to (row, column) of the pane. */
struct console_place console_view_at(const struct console_view *view,
                                     const struct console_text *text, int row, int column);

void console_view_select_all(struct console_view *view, const struct console_text *text);
void console_view_select_word(struct console_view *view, const struct console_text *text,
                              struct console_place place);
/* Moves the head by characters and by lines; a selection begins at the end of what is seen. */
void console_view_extend(struct console_view *view, const struct console_text *text, int across,
                         int down);
bool console_view_is_selected(const struct console_view *view, struct console_place place);
/* What is selected as UTF-8, lines ended by \n, without blanks before the end of a line; to be
 * freed. NULL: nothing, or no memory. `characters`: how many. */
char *console_view_copy(const struct console_view *view, const struct console_text *text,
                        size_t *characters);

#endif
