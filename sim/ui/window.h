/* sim/ui/window.h - the window on the screen: SDL's events go in, pictures of the machine come from
 * the link, commands go back over it. All of it on the main thread. */
#ifndef SIM_UI_WINDOW_H
#define SIM_UI_WINDOW_H

#include "sim/loader/sim_error.h"
#include "sim/ui/theme.h"
#include "sim/ui/window_link.h"

struct window; /* opaque */

struct window_options {
    const char *title;      /* of the window: "nrf52dk"; may be NULL */
    const char *pane;       /* that has the whole window at first; NULL: all */
    uint32_t width, height; /* of the window, in the screen's units; 0: as it was left */
    float scale;            /* points are so much larger; 0: as the screen wants */
    bool has_theme;         /* else as it was left */
    enum theme_kind theme;
    bool presenting;
};

enum window_end {
    WINDOW_CLOSED,   /* by the one in front of it, or because the run asked for it */
    WINDOW_VANISHED, /* the display is gone */
};

/* Opens it. NULL with one line: no display (SIM_WRONG_USE), no fonts, SDL refuses. The link
 * outlives the window. */
struct window *window_create(const struct window_options *options, struct window_link *link,
                             struct sim_error *error);
/* Until it is closed; VIEW_COMMAND_QUIT was sent then. Nothing that it does waits for the machine.
 */
enum window_end window_run(struct window *window);
/* Keeps what it looked like for the next time, and closes it. */
void window_destroy(struct window *window);

#endif
