/* sim/ui/controls.h - the rows of the Controls pane: where they lie, what is being dragged or typed
 * there, and the numbers behind it. */
#ifndef SIM_UI_CONTROLS_H
#define SIM_UI_CONTROLS_H

#include "sim/ui/canvas.h"
#include "sim/ui/pane.h"

#define CONTROLS_TEXT_MAX 16
#define CONTROLS_NONE     (-1)

/* What was sent and has not come back in a frame yet. */
struct control_wait {
    bool waiting;
    int32_t wanted, before;
    uint64_t since_cycles;
};

/* Zeroed at first. Indices are those of view_parts.controls, which do not change during a run. */
struct controls_state {
    struct control_wait waits[VIEW_CONTROLS_MAX];
    int32_t amounts[VIEW_CONTROLS_MAX]; /* of what happens once: the value that will be sent */
    int selected;                       /* + 1; 0: none */
    int dragged;                        /* + 1; 0: none */
    int32_t drag_target;                /* what was sent last */
    bool typing;                        /* into the selected one */
    char text[CONTROLS_TEXT_MAX];
    float scroll, height; /* points: scrolled by, of all rows */
    float line;           /* height of a line of text, of the last drawing */
};

struct control_row {
    struct rect whole, label, slider, value;
    bool heads_group; /* its part's name stands above */
};

/* Where row `index` lies in the pane. */
struct control_row controls_row(const struct controls_state *controls,
                                const struct view_parts *parts, struct rect area, size_t index);
/* The height of all rows in a pane so wide. */
float controls_height(const struct controls_state *controls, const struct view_parts *parts,
                      float width);

/* What is shown: the machine's value, or what it is about to have. */
int32_t controls_shown(const struct controls_state *controls, const struct view_parts *parts,
                       size_t index);

/* The step that a wheel or an arrow makes: 1, 2 or 5 times a power of ten, about a hundredth of
 * what the slider spans. */
int32_t control_step(const struct view_control *control);
/* Where a value stands on the slider, 0 to 1, and back (in whole steps of a fifth of control_step).
 */
float control_position(const struct view_control *control, int32_t value);
int32_t control_value_at(const struct view_control *control, float position);
int32_t control_clamp(const struct view_control *control, int64_t value);
/* Reads "21.5", "-7", ".25" with as many decimals as the control has (more are cut off). What is
 * too large becomes the end of the range. False: no number. */
bool control_parse(const struct view_control *control, const char *text, int32_t *value);

bool controls_event(struct controls_state *controls, struct rect area, const struct ui_event *event,
                    const struct ui_context *context);

#endif
