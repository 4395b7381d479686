/* sim/ui/window_input.h - SDL's events as ours. */
#ifndef SIM_UI_WINDOW_INPUT_H
#define SIM_UI_WINDOW_INPUT_H

#include "sim/ui/pane.h"

union SDL_Event;

/* False: nothing that panes could use. `points`: per unit of SDL's coordinates. */
bool window_input_translate(const union SDL_Event *event, float points, struct ui_event *result);

#endif
