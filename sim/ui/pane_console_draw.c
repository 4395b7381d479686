/* How the terminal looks. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/pane_console_internal.h"
#include "sim/ui/utf8.h"

#define RUN_MAX 256

static color ansi_color(const struct theme *theme, uint8_t number)
{
    /* Black to white, then the bright ones; chosen to be read on the pane's background. */
    static const color dark[16] = {
        0x5d6a7bff, 0xff7b6bff, 0x4fd08aff, 0xe3b341ff, 0x6ea8ffff, 0xd08bd6ff,
        0x4ec9dcff, 0xc9d3dfff, 0x8796a8ff, 0xffa198ff, 0x7ee8a6ff, 0xf5d272ff,
        0x9cc5ffff, 0xe6b3eaff, 0x85e3f0ff, 0xffffffff,
    };
    static const color light[16] = {
        0x1f2733ff, 0xb3261eff, 0x116b3cff, 0x855a00ff, 0x0b57b0ff, 0x8a2f92ff,
        0x00687aff, 0x5b6776ff, 0x566273ff, 0xd13b2eff, 0x1a8a50ff, 0xa57300ff,
        0x2a74d6ff, 0xa94bb2ff, 0x00849aff, 0x3a4553ff,
    };
    return (theme->kind == THEME_LIGHT ? light : dark)[number % 16];
}

/* How one cell is to be drawn. */
struct look {
    color ink, paper; /* an alpha of 0: the pane's own */
    bool bold, underline;
};

static struct look look_of(const struct console_pane *pane, const struct theme *theme,
                           struct console_place place, const struct console_cell *cell)
{
    const color *colors = theme->colors;
    color ink = cell->ink == CONSOLE_DEFAULT ? colors[THEME_TEXT] : ansi_color(theme, cell->ink);
    color paper = cell->paper == CONSOLE_DEFAULT ? 0 : ansi_color(theme, cell->paper);
    if ((cell->style & CONSOLE_INVERSE) != 0) {
        color before = ink;
        ink = paper != 0 ? paper : colors[THEME_PANE];
        paper = before;
    } else if (paper != 0 && cell->ink == CONSOLE_DEFAULT) {
        ink = colors[THEME_PANE];
    }
    if ((cell->style & CONSOLE_DIM) != 0) {
        ink = color_mix(ink, colors[THEME_PANE], 400);
    }
    if ((cell->style & CONSOLE_NOTICE) != 0) {
        ink = colors[THEME_WARNING];
    }
    int found = console_find_at(&pane->find, place.line, place.column);
    if (console_view_is_selected(&pane->view, place)) {
        paper = color_mix(colors[THEME_PANE], colors[THEME_ACCENT], 400);
    } else if (found == 2) {
        paper = colors[THEME_WARNING];
        ink = colors[THEME_PANE];
    } else if (found == 1) {
        paper = color_mix(colors[THEME_PANE], colors[THEME_WARNING], 350);
    }
    return (struct look){ink, paper, (cell->style & CONSOLE_BOLD) != 0,
                         (cell->style & CONSOLE_UNDERLINE) != 0};
}

static bool same_look(const struct look *first, const struct look *second)
{
    return first->ink == second->ink && first->paper == second->paper &&
           first->bold == second->bold && first->underline == second->underline;
}

static void draw_run(const struct console_pane *pane, struct canvas *canvas, float x, float y,
                     const struct look *look, const char *text, uint32_t cells)
{
    struct rect box = {x, y, (float)cells * pane->cell_width, pane->cell_height};
    if ((look->paper & 0xffU) != 0) {
        canvas_fill(canvas, box, look->paper);
    }
    canvas_text(canvas, CANVAS_MONO, x, y, 0, CANVAS_LEFT, look->ink, text);
    if (look->bold) { /* the face has no bold of the same width: once more, a pixel on */
        canvas_text(canvas, CANVAS_MONO, x + 1 / canvas_scale(canvas), y, 0, CANVAS_LEFT, look->ink,
                    text);
    }
    if (look->underline) {
        canvas_fill(canvas, (struct rect){x, y + pane->cell_height - 2, box.width, 1}, look->ink);
    }
}

/* Cells that look alike are drawn together; what is no ASCII alone, for it may come from a face of
 * another width. */
static void draw_row(const struct console_pane *pane, struct canvas *canvas, float x, float y,
                     struct console_place row, const struct ui_context *context)
{
    const struct console_line *line = console_text_line(&pane->text, row.line);
    uint32_t end = row.column + pane->view.columns;
    end = end < line->count ? end : line->count;
    uint32_t at = row.column;
    while (at < end) {
        char text[RUN_MAX + UTF8_BYTES_MAX + 1];
        size_t bytes = 0;
        uint32_t from = at;
        struct look look =
            look_of(pane, context->theme, (struct console_place){row.line, at}, &line->cells[at]);
        while (at < end && bytes < RUN_MAX) {
            const struct console_cell *cell = &line->cells[at];
            struct look next =
                look_of(pane, context->theme, (struct console_place){row.line, at}, cell);
            bool alone = cell->character >= 0x80;
            if (at > from && (alone || !same_look(&look, &next))) {
                break;
            }
            bytes += utf8_put(cell->character, text + bytes);
            at++;
            if (alone) {
                break;
            }
        }
        text[bytes] = 0;
        draw_run(pane, canvas, x + (float)(from - row.column) * pane->cell_width, y, &look, text,
                 at - from);
    }
}

static void draw_cursor(const struct console_pane *pane, struct canvas *canvas, float x, float y,
                        struct console_place row, const struct ui_context *context)
{
    uint32_t column = pane->text.column;
    bool here = row.line + 1 == pane->text.end && column >= row.column &&
                column <= row.column + pane->view.columns;
    if (!here || context->frame->console.device == NULL) {
        return;
    }
    struct rect box = {x + (float)(column - row.column) * pane->cell_width, y + 1, pane->cell_width,
                       pane->cell_height - 2};
    const color *colors = context->theme->colors;
    if (context->focused && !pane->find.open) {
        canvas_fill(canvas, box, color_fade(colors[THEME_ACCENT], 0xc0));
    } else {
        canvas_frame(canvas, box, 1, colors[THEME_TEXT_DIM]);
    }
}

static void draw_scroll_bar(const struct console_pane *pane, struct canvas *canvas,
                            struct rect area, const struct ui_context *context)
{
    float lines = (float)(pane->text.end - pane->text.first);
    if (lines <= (float)pane->view.rows) {
        return;
    }
    float length = fmaxf(24, area.height * (float)pane->view.rows / lines);
    float most = fmaxf(1, lines - (float)pane->view.rows);
    float share = fminf(1, (float)(pane->view.top.line - pane->text.first) / most);
    if (!pane->view.scrolled) {
        share = 1;
    }
    struct rect thumb = {area.x + area.width - 6, area.y + share * (area.height - length), 4,
                         fminf(length, area.height)};
    canvas_fill_round(canvas, thumb, 2, context->theme->colors[THEME_BORDER]);
}

/* "142 new lines": there is more below. */
static void draw_more(const struct console_pane *pane, struct canvas *canvas, struct rect area,
                      const struct ui_context *context)
{
    if (!pane->view.scrolled) {
        return;
    }
    char text[80];
    uint64_t more = pane->text.end - pane->view.end_seen;
    if (more > 0) {
        snprintf(text, sizeof text, "\xe2\x86\x93 %llu new line%s, Ctrl+End",
                 (unsigned long long)more, more == 1 ? "" : "s");
    } else {
        snprintf(text, sizeof text, "\xe2\x86\x93 Ctrl+End to the newest");
    }
    float width = canvas_text_width(canvas, CANVAS_SMALL, text) + 16;
    float height = canvas_line_height(canvas, CANVAS_SMALL) + 6;
    struct rect box = {area.x + area.width - width - 14, area.y + area.height - height - 4, width,
                       height};
    canvas_fill_round(canvas, box, 4, context->theme->colors[THEME_PANE_RAISED]);
    canvas_frame_round(canvas, box, 4, 1, context->theme->colors[THEME_BORDER]);
    canvas_text(canvas, CANVAS_SMALL, box.x + 8, box.y + 3, 0, CANVAS_LEFT,
                context->theme->colors[THEME_TEXT], text);
}

static void format_words(const struct console_find *find, char *text)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < find->length; i++) {
        used += utf8_put(find->words[i], text + used);
    }
}

static void draw_find(const struct console_pane *pane, struct canvas *canvas, struct rect bar,
                      const struct ui_context *context)
{
    const color *colors = context->theme->colors;
    const struct console_find *find = &pane->find;
    char words[CONSOLE_FIND_WORDS_MAX * UTF8_BYTES_MAX + 1];
    char count[60];
    format_words(find, words);
    canvas_fill_round(canvas, bar, 4, colors[THEME_PANE_RAISED]);
    canvas_frame_round(canvas, bar, 4, 1, colors[THEME_BORDER]);
    float y = bar.y + 4;
    float x = bar.x + 8;
    float right = bar.x + bar.width - 8;
    if (find->length == 0) {
        count[0] = 0;
    } else if (find->total == 0) {
        snprintf(count, sizeof count, "not found");
    } else {
        snprintf(count, sizeof count, "%zu of %zu", find->total - find->count + find->current + 1,
                 find->total);
    }
    right -= canvas_text(canvas, CANVAS_SANS, right, y, fmaxf(1, bar.width / 2), CANVAS_RIGHT,
                         colors[find->total == 0 ? THEME_WARNING : THEME_TEXT_DIM], count);
    x += canvas_text(canvas, CANVAS_SANS, x, y, fmaxf(1, right - x), CANVAS_LEFT,
                     colors[THEME_TEXT_DIM], "Find ");
    x += canvas_text(canvas, CANVAS_MONO, x + 4, y, fmaxf(1, right - x - 8), CANVAS_LEFT,
                     colors[THEME_TEXT], words);
    canvas_fill(canvas, (struct rect){x + 5, y, 1, bar.height - 8}, colors[THEME_ACCENT]);
}

static void draw_lines(struct console_pane *pane, struct canvas *canvas, struct rect area,
                       const struct ui_context *context)
{
    float room = area.width - CONSOLE_SCROLL_WIDTH;
    console_view_fit(&pane->view, &pane->text, (uint32_t)fmaxf(1, room / pane->cell_width),
                     (uint32_t)fmaxf(1, area.height / pane->cell_height));
    if (pane->find_moved && pane->find.count > 0) {
        console_view_show(&pane->view, &pane->text, pane->find.found[pane->find.current]);
    }
    pane->find_moved = false;
    struct console_place row = pane->view.top;
    for (uint32_t i = 0; i < pane->view.rows; i++) {
        float y = area.y + (float)i * pane->cell_height;
        draw_row(pane, canvas, area.x, y, row, context);
        draw_cursor(pane, canvas, area.x, y, row, context);
        if (!console_view_next_row(&pane->view, &pane->text, &row)) {
            break;
        }
    }
    draw_scroll_bar(pane, canvas, area, context);
    draw_more(pane, canvas, area, context);
}

void console_pane_draw(void *state, struct canvas *canvas, struct rect area,
                       const struct ui_context *context)
{
    struct console_pane *pane = state;
    pane->cell_width = fmaxf(1, canvas_text_width(canvas, CANVAS_MONO, "0"));
    pane->cell_height = fmaxf(1, canvas_line_height(canvas, CANVAS_MONO));
    console_find_update(&pane->find, &pane->text);
    if (pane->find.open) {
        float height = canvas_line_height(canvas, CANVAS_SANS) + 8;
        struct rect bar = {area.x, area.y + area.height - height, area.width, height};
        area.height = fmaxf(0, area.height - height - 4);
        draw_find(pane, canvas, bar, context);
    }
    if (pane->text.lines != NULL) {
        canvas_push_clip(canvas, area);
        draw_lines(pane, canvas, area, context);
        canvas_pop_clip(canvas);
        return;
    }
    const char *words = context->frame->console.device != NULL ? "Nothing was sent yet"
                                                               : "This board has no console";
    canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2,
                area.y + area.height / 2 - pane->cell_height / 2, area.width, CANVAS_CENTRE,
                context->theme->colors[THEME_TEXT_DIM], words);
}
