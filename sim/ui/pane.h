/* sim/ui/pane.h - one part of the window: what it shows of a frame, which keys and clicks it takes.
 * A pane is a row in pane_list.c and a file pane_NAME.c. It keeps what it needs between frames in
 * its state (zeroed at first), draws from the frame, and acts by commands only. */
#ifndef SIM_UI_PANE_H
#define SIM_UI_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/ui/canvas.h"
#include "sim/view/view_command.h"
#include "sim/view/view_frame.h"

enum ui_event_kind {
    UI_MOUSE_DOWN, /* also a finger on a touch screen */
    UI_MOUSE_UP,   /* goes to the pane that had the button pressed, wherever it is let go */
    UI_MOUSE_MOVE,
    UI_WHEEL, /* `delta_x`, `delta_y`: notches; up and right are positive */
    UI_KEY_DOWN,
    UI_KEY_UP,
    UI_TEXT,   /* typed text, UTF-8 */
    UI_LET_GO, /* to every pane when the window loses the keyboard, and to one that is hidden or
                  loses the focus: no key and no mouse button is held any more, whatever comes */
};

enum ui_modifier { UI_SHIFT = 1, UI_CTRL = 2, UI_ALT = 4 };

/* Keys that are no character; a character key is its lower-case ASCII value. */
enum ui_key {
    UI_KEY_ENTER = 13,
    UI_KEY_ESCAPE = 27,
    UI_KEY_BACKSPACE = 8,
    UI_KEY_TAB = 9,
    UI_KEY_DELETE = 127,
    UI_KEY_LEFT = 256,
    UI_KEY_RIGHT,
    UI_KEY_UP_ARROW,
    UI_KEY_DOWN_ARROW,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_PAGE_UP,
    UI_KEY_PAGE_DOWN,
    UI_KEY_F1, /* the next eleven are F2 to F12 */
    UI_KEY_F12 = UI_KEY_F1 + 11,
};

struct ui_event {
    enum ui_event_kind kind;
    float x, y; /* of the mouse, in the window */
    int button; /* 1 left, 2 middle, 3 right */
    int clicks; /* 1, 2 (double) */
    float delta_x, delta_y;
    int key;
    unsigned modifiers;
    bool repeated; /* a key that is held */
    char text[32];
};

/* What a pane is given to draw and to act. */
struct ui_context {
    const struct view_frame *frame; /* the newest; never NULL */
    const struct theme *theme;
    bool focused;           /* keys go to this pane */
    bool presenting;        /* large type, few words */
    float mouse_x, mouse_y; /* far outside when the mouse is elsewhere or there is none */
    uint64_t wall_ms;       /* for what blinks or fades; a constant in pictures */
    int *selected_process;  /* index in the frame's processes: one choice for all panes, -1: nobody
                               has chosen; NULL: each pane has its own */
    void (*send)(void *window, const struct view_command *command);
    void (*say)(void *window, const char *line); /* into the status line */
    void (*set_clipboard)(void *window, const char *text);
    const char *(*clipboard)(void *window); /* "" when there is none; valid until the next call */
    void *window;
};

struct pane_key {
    const char *keys; /* "1-9", "Ctrl+F" */
    const char *what; /* "press or release button 1-9" */
};

/* Who wants to know where one can click: programs that drive the window, tests. */
struct ui_places {
    void (*tell)(void *context, const char *name, struct rect place); /* "button0", in the window */
    void *context;
};

struct pane_class {
    const char *name;  /* of --pane, and in the file that keeps the layout: "board" */
    const char *title; /* "Board" */
    float minimum_width, minimum_height; /* points, without the title */
    size_t state_bytes;
    /* A new frame, once each, whether the pane is shown or not: for what a pane remembers. May be
     * NULL. */
    void (*take)(void *state, const struct view_frame *frame);
    void (*draw)(void *state, struct canvas *canvas, struct rect area,
                 const struct ui_context *context);
    /* True: it was for this pane. Key events come to the pane that has the focus, then to all
     * others. `area` is that of the last drawing. */
    bool (*event)(void *state, struct rect area, const struct ui_event *event,
                  const struct ui_context *context);
    /* Tells what can be clicked, as it was drawn last. May be NULL. */
    void (*places)(const void *state, struct rect area, const struct ui_context *context,
                   const struct ui_places *places);
    /* Frees what the state owns. May be NULL. */
    void (*close)(void *state);
    const struct pane_key *keys; /* for F1; ended by a NULL name */
};

/* All panes, in the order of their numbers (Alt+1 is the first). */
extern const struct pane_class *const pane_list[];
extern const size_t pane_list_count;

/* The pane of that name, or NULL. */
const struct pane_class *pane_find(const char *name);
/* The same; NULL with SIM_WRONG_USE and the names that there are. */
const struct pane_class *pane_need(const char *name, struct sim_error *error);

static inline void ui_send_input(const struct ui_context *context, size_t device, const char *input,
                                 int32_t value)
{
    const struct view_command command = {
        .kind = VIEW_COMMAND_INPUT, .device = device, .input = input, .value = value};
    context->send(context->window, &command);
}

#endif
