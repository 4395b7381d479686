/* sim/ui/layout.h - where each pane is in the window: a tree of splits whose shares people can
 * change. What has no room any more is folded: panes that lay side by side become tabs of one
 * place. Plain values; no drawing. Lengths are points. */
#ifndef SIM_UI_LAYOUT_H
#define SIM_UI_LAYOUT_H

#include "sim/ui/panes.h"

#define LAYOUT_SPLITS     7
#define LAYOUT_SPLITS_MAX 8
#define LAYOUT_GAP        6.0F /* between panes, and around them */
#define LAYOUT_PADDING    8.0F /* between a pane's frame and what it draws */

/* What people can change, and what the layout file keeps. */
struct layout {
    bool hidden[PANES_MAX];
    float shares[LAYOUT_SPLITS]; /* of the first side; 0 to 1 */
    size_t focus;                /* the pane that keys go to; one that is not hidden, if any */
    bool maximised;              /* the focused pane has the whole window */
    uint32_t touched[PANES_MAX]; /* when each had the focus: which tab is in front */
    uint32_t touches;
};

/* One place: a title bar with a tab for each pane that lies here, the front one's body below. */
struct layout_slot {
    struct rect whole, title, body;
    size_t panes[PANES_MAX]; /* indices in pane_list, in the order of the tree */
    size_t count;
    size_t front; /* index in `panes` */
};

struct layout_splitter {
    size_t split;
    bool beside;        /* it moves left and right */
    struct rect handle; /* the gap */
    struct rect whole;  /* of both sides */
};

struct layout_plan {
    struct layout_slot slots[PANES_MAX];
    size_t slot_count;
    struct layout_splitter splitters[LAYOUT_SPLITS_MAX];
    size_t splitter_count;
};

/* What a plan is made for. */
struct layout_room {
    struct rect area;
    float title_height;
    float grow; /* of the text: minimum sizes grow with it */
};

void layout_reset(struct layout *layout, bool presenting);
void layout_make(const struct layout *layout, const struct layout_room *room,
                 struct layout_plan *plan);

/* Shows the pane if it was hidden. */
void layout_focus(struct layout *layout, size_t pane);
/* The next (or previous) that is shown. */
void layout_focus_next(struct layout *layout, bool backwards);
/* The focus goes to another. */
void layout_hide(struct layout *layout, size_t pane);
size_t layout_shown_count(const struct layout *layout);

/* The splitter's middle goes to x or y, as far as minimum sizes allow. */
void layout_drag(struct layout *layout, const struct layout_splitter *splitter,
                 const struct layout_room *room, float x, float y);
/* Moves the nearest splitter around the focused pane: right and down are positive. */
void layout_nudge(struct layout *layout, const struct layout_plan *plan,
                  const struct layout_room *room, float right, float down);

/* The name of a split in the layout file: that of the part whose size it sets. */
const char *layout_split_name(size_t split);
/* NULL: nothing lies there. */
const struct layout_slot *layout_slot_at(const struct layout_plan *plan, float x, float y);
const struct layout_splitter *layout_splitter_at(const struct layout_plan *plan, float x, float y);
/* The slot in which the pane is in front, or NULL. */
const struct layout_slot *layout_slot_of(const struct layout_plan *plan, size_t pane);

#endif
