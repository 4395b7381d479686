#include "sim/ui/panes.h"

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    (void)state;
    canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2, area.y + area.height / 2 - 8,
                area.width, CANVAS_CENTRE, context->theme->colors[THEME_TEXT_DIM], "Terminal");
}

static const struct pane_key keys[] = {{NULL, NULL}};

const struct pane_class pane_console = {
    .name = "console",
    .title = "Terminal",
    .minimum_width = 240,
    .minimum_height = 80,
    .draw = draw,
    .keys = keys,
};
