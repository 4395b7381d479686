/* sim/ui/window_view.h - all that is seen in the window, and what events do in it, without the
 * window itself: the same for the screen and for a picture, and to be tested without a display. */
#ifndef SIM_UI_WINDOW_VIEW_H
#define SIM_UI_WINDOW_VIEW_H

#include "sim/ui/layout.h"
#include "sim/ui/pane_set.h"

#define WINDOW_VIEW_SAID_MAX   200
#define WINDOW_VIEW_PRESENTING 1.4F /* the text of --present is so much larger */
#define WINDOW_VIEW_ZOOM_MIN   0.5F
#define WINDOW_VIEW_ZOOM_MAX   3.0F

/* What the view asks of the one who has it. All are set; `host` is handed to each. */
struct window_host {
    void *host;
    void (*send)(void *host, const struct view_command *command);
    void (*set_clipboard)(void *host, const char *text);
    const char *(*clipboard)(void *host);
    void (*set_full_screen)(void *host, bool on);
    void (*close)(void *host);
};

struct window_view {
    struct window_host host;
    struct pane_set panes;
    struct layout layout;
    enum theme_kind theme;
    bool presenting, full_screen;
    bool help;                      /* the keys lie over all */
    float help_scroll;              /* points, where they have too little room */
    float zoom;                     /* Ctrl + and -; on top of the screen's scale */
    const struct view_frame *frame; /* the newest; borrowed until the next */
    struct view_frame *nothing;     /* stands for it before the first; owned */
    uint64_t wall_ms;
    char said[WINDOW_VIEW_SAID_MAX]; /* by a pane, for some seconds */
    uint64_t said_ms;
    float mouse_x, mouse_y; /* far outside: none */
    /* Of the last drawing: */
    struct canvas *canvas;
    struct layout_plan plan;
    struct layout_room room;
    /* Of the mouse button that is held: */
    bool dragging;
    struct layout_splitter dragged;
    const struct pane_class *held_by; /* NULL: nobody */
};

/* `view` is zeroed and its host set; the frame is one with nothing in it until the first comes. */
bool window_view_open(struct window_view *view, bool presenting, struct sim_error *error);
void window_view_close(struct window_view *view);
void window_view_take(struct window_view *view, const struct view_frame *frame);
void window_view_draw(struct window_view *view, struct canvas *canvas);
/* One pane, as large as the canvas. */
void window_view_draw_pane(struct window_view *view, struct canvas *canvas,
                           const struct pane_class *pane);
void window_view_event(struct window_view *view, const struct ui_event *event);
/* A line for the status line, shown for some seconds. */
void window_view_say(struct window_view *view, const char *line);

/* How the mouse pointer should look here. */
enum window_pointer { WINDOW_POINTER_ARROW, WINDOW_POINTER_BESIDE, WINDOW_POINTER_STACKED };
enum window_pointer window_view_pointer(const struct window_view *view);

#endif
