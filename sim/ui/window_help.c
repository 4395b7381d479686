/* F1: all keys, the window's and each pane's, in columns. */
#include <math.h>

#include "sim/ui/window_internal.h"

#define MARGIN     24.0F
#define KEYS_GAP   12.0F
#define KEYS_SHARE 0.5F /* of a column, at most */
#define COLUMN_MIN 280.0F
#define SECTIONS   (PANES_MAX + 1)

struct section {
    const char *title;
    const struct pane_key *keys;
    float keys_width; /* of the widest */
    float height;
};

/* The page: what is measured with and drawn on. */
struct page {
    struct canvas *canvas;
    const color *colors;
    float line, width; /* of a row, of a column */
};

static size_t list_sections(struct section sections[SECTIONS])
{
    size_t count = 0;
    sections[count++] = (struct section){.title = "Everywhere", .keys = window_keys};
    for (size_t i = 0; i < pane_list_count; i++) {
        if (pane_list[i]->keys != NULL && pane_list[i]->keys[0].keys != NULL) {
            sections[count++] =
                (struct section){.title = pane_list[i]->title, .keys = pane_list[i]->keys};
        }
    }
    return count;
}

/* Words on as many rows as they need; returns the y below. With `paint` 0 it only measures. */
static float put_words(const struct page *page, const char *text, float x, float y, float width,
                       color paint)
{
    do {
        char words[WINDOW_WORDS_MAX];
        window_take_words(page->canvas, CANVAS_SANS, &text, width, words);
        if (paint != 0) {
            canvas_text(page->canvas, CANVAS_SANS, x, y, width, CANVAS_LEFT, paint, words);
        }
        y += page->line;
    } while (*text != 0);
    return y;
}

static float put_section(const struct page *page, const struct section *section, float x, float y,
                         bool drawn)
{
    float indent = section->keys_width + KEYS_GAP;
    if (drawn) {
        canvas_text(page->canvas, CANVAS_BOLD, x, y, page->width, CANVAS_LEFT,
                    page->colors[THEME_ACCENT], section->title);
    }
    y += page->line;
    for (const struct pane_key *key = section->keys; key->keys != NULL; key++) {
        float below = put_words(page, key->keys, x, y, section->keys_width,
                                drawn ? page->colors[THEME_TEXT] : 0);
        float other = put_words(page, key->what, x + indent, y, page->width - indent,
                                drawn ? page->colors[THEME_TEXT_DIM] : 0);
        y = fmaxf(below, other);
    }
    return y + page->line;
}

static void measure(const struct page *page, struct section *section)
{
    section->keys_width = 0;
    for (const struct pane_key *key = section->keys; key->keys != NULL; key++) {
        section->keys_width =
            fmaxf(section->keys_width, canvas_text_width(page->canvas, CANVAS_SANS, key->keys));
    }
    section->keys_width = fminf(section->keys_width, page->width * KEYS_SHARE) + 1;
    section->height = put_section(page, section, 0, 0, false);
}

/* How many columns of this height the sections need, each kept whole. */
static size_t columns_for(const struct section *sections, size_t count, float height)
{
    size_t columns = 1;
    float used = 0;
    for (size_t i = 0; i < count; i++) {
        if (used > 0 && used + sections[i].height > height) {
            columns++;
            used = 0;
        }
        used += sections[i].height;
    }
    return columns;
}

/* As level as can be: the least height that still does with so many columns. */
static float level_height(const struct page *page, const struct section *sections, size_t count,
                          size_t columns)
{
    float height = page->line;
    float all = 0;
    for (size_t i = 0; i < count; i++) {
        all += sections[i].height;
    }
    while (height < all && columns_for(sections, count, height) > columns) {
        height += page->line;
    }
    return height;
}

/* `scroll` comes back as far as there is something to see. Returns whether not all has room. */
static bool draw_columns(struct page *page, struct rect area, float *scroll)
{
    struct section sections[SECTIONS];
    size_t count = list_sections(sections);
    size_t columns = (size_t)fmaxf(1, floorf((area.width + MARGIN) / (COLUMN_MIN + MARGIN)));
    float pitch = (area.width + MARGIN) / (float)columns;
    page->width = fmaxf(1, pitch - MARGIN);
    for (size_t i = 0; i < count; i++) {
        measure(page, &sections[i]);
    }
    float height = level_height(page, sections, count, columns);
    *scroll = fmaxf(0, fminf(*scroll, height - area.height));
    float x = area.x;
    float used = 0;
    canvas_push_clip(page->canvas, area);
    for (size_t i = 0; i < count; i++) {
        if (used > 0 && used + sections[i].height > height) {
            x += pitch;
            used = 0;
        }
        put_section(page, &sections[i], x, area.y + used - *scroll, true);
        used += sections[i].height;
    }
    canvas_pop_clip(page->canvas);
    return height - page->line > area.height;
}

void window_draw_help(struct window_view *view, struct canvas *canvas)
{
    const color *colors = theme_get(view->theme)->colors;
    struct rect whole = canvas_area(canvas);
    struct page page = {
        .canvas = canvas, .colors = colors, .line = canvas_line_height(canvas, CANVAS_SANS) + 2};
    float heading = canvas_line_height(canvas, CANVAS_LARGE) + 12;
    struct rect box = {MARGIN, MARGIN, whole.width - 2 * MARGIN, whole.height - 2 * MARGIN};
    if (box.width < 6 * MARGIN || box.height < heading + 6 * MARGIN) {
        box = whole;
    }
    canvas_fill(canvas, whole, color_fade(colors[THEME_BACKGROUND], 0xd8));
    canvas_fill_round(canvas, box, 8, colors[THEME_PANE]);
    canvas_frame_round(canvas, box, 8, 1, colors[THEME_BORDER]);
    canvas_push_clip(canvas, box);
    canvas_text(canvas, CANVAS_LARGE, box.x + MARGIN, box.y + MARGIN - 4, box.width - 2 * MARGIN,
                CANVAS_LEFT, colors[THEME_TEXT], "Keys");
    bool more =
        draw_columns(&page,
                     (struct rect){box.x + MARGIN, box.y + MARGIN + heading, box.width - 2 * MARGIN,
                                   fmaxf(1, box.height - 2 * MARGIN - heading)},
                     &view->help_scroll);
    canvas_text(canvas, CANVAS_SANS, box.x + box.width - MARGIN, box.y + MARGIN,
                fmaxf(1, box.width - 6 * MARGIN), CANVAS_RIGHT, colors[THEME_TEXT_DIM],
                more ? "Up, Down for the rest; F1 or Esc closes this" : "F1 or Esc closes this");
    canvas_pop_clip(canvas);
}
