/* sim/ui/display_loss.h - what happens when an X server goes away under the window. Xlib would end
 * the program with messages of its own; here a flag is set, and the window ends itself. */
#ifndef SIM_UI_DISPLAY_LOSS_H
#define SIM_UI_DISPLAY_LOSS_H

#include <stdbool.h>

struct SDL_Window;

/* From now on *lost becomes true when the display is gone; it must live as long as the window. Does
 * nothing on other window systems. After that nothing can be drawn, and SDL's window is not to be
 * destroyed: that talks to the display. */
void display_loss_watch(struct SDL_Window *window, bool *lost);

#endif
