/* F1: all keys, the window's and each pane's, in columns. */
#include <math.h>

#include "sim/ui/window_internal.h"

#define MARGIN     24.0F
#define KEYS_WIDTH 128.0F
#define COLUMN_MIN 300.0F
#define SECTIONS   (PANES_MAX + 1)

struct section {
    const char *title;
    const struct pane_key *keys;
};

static size_t list_sections(struct section sections[SECTIONS])
{
    size_t count = 0;
    sections[count++] = (struct section){"Everywhere", window_keys};
    for (size_t i = 0; i < pane_list_count; i++) {
        if (pane_list[i]->keys != NULL && pane_list[i]->keys[0].keys != NULL) {
            sections[count++] = (struct section){pane_list[i]->title, pane_list[i]->keys};
        }
    }
    return count;
}

static size_t lines_of(const struct section *section)
{
    size_t lines = 2; /* the title, and a blank line below the keys */
    for (const struct pane_key *key = section->keys; key->keys != NULL; key++) {
        lines++;
    }
    return lines;
}

static float draw_section(const struct window_view *view, const struct section *section, float x,
                          float y, float width, float line)
{
    struct canvas *canvas = view->canvas;
    const color *colors = theme_get(view->theme)->colors;
    float keys_width = fminf(KEYS_WIDTH * view->room.grow, width * 0.45F);
    canvas_text(canvas, CANVAS_BOLD, x, y, width, CANVAS_LEFT, colors[THEME_ACCENT],
                section->title);
    y += line;
    for (const struct pane_key *key = section->keys; key->keys != NULL; key++) {
        canvas_text(canvas, CANVAS_SANS, x, y, keys_width - 8, CANVAS_LEFT, colors[THEME_TEXT],
                    key->keys);
        canvas_text(canvas, CANVAS_SANS, x + keys_width, y, width - keys_width, CANVAS_LEFT,
                    colors[THEME_TEXT_DIM], key->what);
        y += line;
    }
    return y + line;
}

/* Into as few columns as the height asks for, sections kept whole where they can be. */
static size_t columns_for(const struct section *sections, size_t count, size_t lines)
{
    size_t columns = 1;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t own = lines_of(&sections[i]);
        if (used > 0 && used + own > lines + 1) {
            columns++;
            used = 0;
        }
        used += own;
    }
    return columns;
}

void window_draw_help(struct window_view *view, struct canvas *canvas)
{
    const color *colors = theme_get(view->theme)->colors;
    struct rect whole = canvas_area(canvas);
    canvas_fill(canvas, whole, color_fade(colors[THEME_BACKGROUND], 0xd8));
    struct section sections[SECTIONS];
    size_t count = list_sections(sections);
    float line = canvas_line_height(canvas, CANVAS_SANS) + 2;
    float heading = canvas_line_height(canvas, CANVAS_LARGE) + 12;
    struct rect box = {MARGIN, MARGIN, whole.width - 2 * MARGIN, whole.height - 2 * MARGIN};
    if (box.width < 2 * MARGIN || box.height < heading + 2 * MARGIN) {
        box = whole;
    }
    float room = box.height - 2 * MARGIN - heading;
    size_t most = (size_t)fmaxf(1, floorf((box.width - MARGIN) / COLUMN_MIN));
    size_t lines = (size_t)fmaxf(1, floorf(room / line));
    size_t columns = columns_for(sections, count, lines);
    columns = columns > most ? most : columns;
    /* As level as can be: the fewest lines that still do with so many columns. */
    size_t level = 1;
    while (level < lines && columns_for(sections, count, level) > columns) {
        level++;
    }
    canvas_fill_round(canvas, box, 8, colors[THEME_PANE]);
    canvas_frame_round(canvas, box, 8, 1, colors[THEME_BORDER]);
    canvas_push_clip(canvas, box);
    canvas_text(canvas, CANVAS_LARGE, box.x + MARGIN, box.y + MARGIN - 4, box.width - 2 * MARGIN,
                CANVAS_LEFT, colors[THEME_TEXT], "Keys");
    canvas_text(canvas, CANVAS_SANS, box.x + box.width - MARGIN, box.y + MARGIN, box.width / 2,
                CANVAS_RIGHT, colors[THEME_TEXT_DIM], "F1 or Esc closes this");
    float width = (box.width - 2 * MARGIN) / (float)columns;
    float top = box.y + MARGIN + heading;
    float y = top;
    size_t used = 0;
    size_t column = 0;
    for (size_t i = 0; i < count; i++) {
        size_t own = lines_of(&sections[i]);
        if (used > 0 && used + own > level + 1 && column + 1 < columns) {
            column++;
            used = 0;
            y = top;
        }
        used += own;
        y = draw_section(view, &sections[i], box.x + MARGIN + (float)column * width, y,
                         width - MARGIN / 2, line);
    }
    canvas_pop_clip(canvas);
}
