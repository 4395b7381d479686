/* sim/ui/clock_buttons.h - the buttons of the time pane: what each does, its picture, its key.
 * Private to pane_clock.c and clock_buttons.c. */
#ifndef SIM_UI_CLOCK_BUTTONS_H
#define SIM_UI_CLOCK_BUTTONS_H

#include "sim/ui/pane.h"

enum clock_button {
    CLOCK_PAUSE, /* or go on */
    CLOCK_STEP,
    CLOCK_STEP_EVENT,
    CLOCK_RUN_1,
    CLOCK_RUN_10,
    CLOCK_RUN_100,
    CLOCK_RESET,
    CLOCK_BUTTONS,
};

#define CLOCK_SPEEDS 5
struct clock_speed {
    uint32_t permille; /* 0: as fast as can be */
    const char *text;
};
extern const struct clock_speed clock_speeds[CLOCK_SPEEDS];

/* "pause", for those who drive the window. */
const char *clock_button_name(enum clock_button button);
/* "Run 1 ms (F8)"; `paused`: what the first one does now. */
const char *clock_button_words(enum clock_button button, bool paused);
struct view_command clock_button_command(enum clock_button button, bool paused);
void clock_button_draw(enum clock_button button, bool paused, struct canvas *canvas,
                       struct rect place, color paint);

#endif
