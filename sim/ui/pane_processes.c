#include "sim/ui/panes.h"

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    (void)state;
    canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2, area.y + area.height / 2 - 8,
                area.width, CANVAS_CENTRE, context->theme->colors[THEME_TEXT_DIM], "Processes");
}

static const struct pane_key keys[] = {{NULL, NULL}};

const struct pane_class pane_processes = {
    .name = "processes",
    .title = "Processes",
    .minimum_width = 260,
    .minimum_height = 120,
    .draw = draw,
    .keys = keys,
};
