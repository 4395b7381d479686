/* sim/ui/timeline_view.h - the timeline pane's parts: what is seen of the history, where it lies on
 * the screen, and what is under a point. Private to the files timeline_*.c and pane_timeline.c. */
#ifndef SIM_UI_TIMELINE_VIEW_H
#define SIM_UI_TIMELINE_VIEW_H

#include "sim/ui/pane.h"
#include "sim/view/view_history.h"

#define TIMELINE_SPAN_MIN 32.0 /* cycles from left to right */

enum timeline_kind {
    TIMELINE_NOTHING,
    TIMELINE_STRETCH, /* of `lane`, at `cycle` */
    TIMELINE_CALL,    /* event `number` */
    TIMELINE_EVENT,   /* event `number`: a fault, start, reset or upcall */
};

/* Something that can be chosen: stays what it is while the picture moves. */
struct timeline_choice {
    enum timeline_kind kind;
    uint16_t lane;
    uint64_t cycle, number;
};

enum timeline_drag { TIMELINE_NO_DRAG, TIMELINE_PANS, TIMELINE_MEASURES, TIMELINE_OVERVIEWS };

struct timeline_pane {
    struct view_history history;
    float type; /* size of the type, 1: as usual; as it was drawn last. 0: not yet */
    const struct view_names *names; /* NULL: no frame yet */
    uint32_t hz;
    bool standing; /* else the right edge is the present */
    double end;    /* cycle at the right edge, while standing */
    double span;   /* cycles from left to right; 0: as at first */
    float scroll;  /* lanes above the upper edge, points */
    size_t row;    /* that the keyboard is in */
    struct timeline_choice choice;
    bool card; /* details of the choice are shown */
    bool has_mark[2];
    uint64_t mark[2];
    enum timeline_drag drag;
    bool dragged; /* the mouse has moved since it went down */
    float drag_x;
    double drag_end;
};

/* Where things are now. */
struct timeline_layout {
    struct rect gutter, axis, plot, overview;
    float row, block;   /* heights: of a lane, and of what is drawn in it */
    double start, span; /* cycles; start may lie before the beginning */
    uint16_t lanes[HISTORY_LANES];
    size_t lane_count;
    float scroll_max;
};

void timeline_lay_out(const struct timeline_pane *pane, struct rect area,
                      struct timeline_layout *layout);
float timeline_x(const struct timeline_layout *layout, double cycle);
double timeline_cycle(const struct timeline_layout *layout, float x);
/* The upper edge of a row; it may lie outside of the plot. */
float timeline_row_y(const struct timeline_pane *pane, const struct timeline_layout *layout,
                     size_t row);
/* The row at this height; layout->lane_count: none. */
size_t timeline_row_at(const struct timeline_pane *pane, const struct timeline_layout *layout,
                       float y);
color timeline_color(const struct theme *theme, uint16_t lane);
void timeline_lane_name(const struct timeline_pane *pane, uint16_t lane, char *text, size_t size);

/* Moves and zooms; both keep within what is known. `factor` above 1 shows more time. */
void timeline_pan(struct timeline_pane *pane, const struct timeline_layout *layout, double cycles);
void timeline_zoom(struct timeline_pane *pane, const struct timeline_layout *layout, double cycle,
                   double factor);
void timeline_fit(struct timeline_pane *pane);
void timeline_follow(struct timeline_pane *pane);
/* Brings a cycle into sight. */
void timeline_show(struct timeline_pane *pane, const struct timeline_layout *layout,
                   uint64_t cycle);

/* What is at this place, with a few points of tolerance. */
struct timeline_choice timeline_pick(const struct timeline_pane *pane,
                                     const struct timeline_layout *layout, float x, float y);
/* Whether an event says more than that a lane goes on or off. */
bool timeline_is_special(const struct view_event *event);
/* What an event of a lane is as a choice. */
struct timeline_choice timeline_choose(uint16_t lane, uint64_t number,
                                       const struct view_event *event);

/* The choice in words. */
#define TIMELINE_CARD_ROWS 10
struct timeline_card {
    char title[96];
    struct {
        char name[16];
        char value[80];
    } rows[TIMELINE_CARD_ROWS];
    size_t count;
};
/* False: it is no longer known. */
bool timeline_describe(const struct timeline_pane *pane, const struct timeline_choice *choice,
                       struct timeline_card *card);

/* timeline_draw.c, timeline_axis.c, timeline_card.c */
void timeline_draw_lanes(const struct timeline_pane *pane, const struct timeline_layout *layout,
                         struct canvas *canvas, const struct ui_context *context);
void timeline_draw_axis(const struct timeline_pane *pane, const struct timeline_layout *layout,
                        struct canvas *canvas, const struct ui_context *context);
void timeline_draw_overview(const struct timeline_pane *pane, const struct timeline_layout *layout,
                            struct canvas *canvas, const struct ui_context *context);
void timeline_draw_cursor(const struct timeline_pane *pane, const struct timeline_layout *layout,
                          struct canvas *canvas, const struct ui_context *context);
void timeline_draw_card(const struct timeline_pane *pane, const struct timeline_layout *layout,
                        struct canvas *canvas, const struct ui_context *context);

#endif
