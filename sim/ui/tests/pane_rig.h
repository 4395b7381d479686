/* sim/ui/tests/pane_rig.h - one pane with a canvas and everything that it is given, for tests:
 * frames and events go in, commands and words come out, and what it draws can be compared with a
 * golden image. */
#ifndef SIM_UI_TESTS_PANE_RIG_H
#define SIM_UI_TESTS_PANE_RIG_H

#include "sim/ui/panes.h"

#define PANE_RIG_COMMANDS_MAX 64

/* What is left zero: 720 x 480, a scale of 1, dark. Change `context` between the calls as needed.
 */
struct pane_rig {
    const struct pane_class *pane;
    void *state;
    struct canvas *canvas;
    struct rect area; /* that the pane draws in */
    struct ui_context context;
    struct view_frame *frame; /* a copy of the newest; owned */
    struct view_command commands[PANE_RIG_COMMANDS_MAX];
    size_t command_count; /* set it to 0 to begin anew */
    char said[200];       /* the last line for the status line */
    char clipboard[4096];
    int selected_process;
};

struct golden_options {
    uint32_t width, height; /* pixels */
    float scale;
    enum theme_kind theme;
    bool presenting, focused;
};

/* Fails the test when that cannot be. `options` may be NULL. */
void pane_rig_open(struct pane_rig *rig, const struct pane_class *pane,
                   const struct golden_options *options);
void pane_rig_close(struct pane_rig *rig);
void pane_rig_take(struct pane_rig *rig, const struct view_frame *frame);
/* Draws the pane; the mouse is where the context says. */
void pane_rig_draw(struct pane_rig *rig);
/* Whether the pane took the event. Moves the context's mouse when it is a mouse event. */
bool pane_rig_event(struct pane_rig *rig, const struct ui_event *event);
bool pane_rig_key(struct pane_rig *rig, int key, unsigned modifiers);
/* Down and up again. */
bool pane_rig_click(struct pane_rig *rig, float x, float y);
bool pane_rig_type(struct pane_rig *rig, const char *text);

#endif
