#include "sim/ui/panes.h"

static void draw(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    (void)state;
    canvas_text(canvas, CANVAS_SANS, area.x + area.width / 2, area.y + area.height / 2 - 8,
                area.width, CANVAS_CENTRE, context->theme->colors[THEME_TEXT_DIM], "Timeline");
}

static const struct pane_key keys[] = {{NULL, NULL}};

const struct pane_class pane_timeline = {
    .name = "timeline",
    .title = "Timeline",
    .minimum_width = 320,
    .minimum_height = 100,
    .draw = draw,
    .keys = keys,
};
