/* sim/ui/pane_console_internal.h - the terminal's state, between what it does and how it looks. */
#ifndef SIM_UI_PANE_CONSOLE_INTERNAL_H
#define SIM_UI_PANE_CONSOLE_INTERNAL_H

#include "sim/ui/console_view.h"
#include "sim/ui/pane.h"

#define CONSOLE_SCROLL_WIDTH 10.0F

struct console_pane {
    struct console_text text;
    struct console_view view;
    struct console_find find;
    bool find_moved; /* the words have changed: what is found then is to be seen */
    bool selecting, scrolling;
    float cell_width, cell_height; /* of the last drawing; 0: none yet */
};

void console_pane_draw(void *state, struct canvas *canvas, struct rect area,
                       const struct ui_context *context);

#endif
