#include "sim/ui/panes.h"

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    (void)state;
    canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2, area.y + area.height / 2 - 8,
                area.width, CANVAS_CENTRE, context->theme->colors[THEME_TEXT_DIM], "Memory");
}

static const struct pane_key keys[] = {{NULL, NULL}};

const struct pane_class pane_memory = {
    .name = "memory",
    .title = "Memory",
    .minimum_width = 260,
    .minimum_height = 160,
    .draw = draw,
    .keys = keys,
};
