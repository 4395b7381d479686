/* sim/ui/pane_memory_internal.h - what the files of the memory pane share. Not for others. */
#ifndef SIM_UI_PANE_MEMORY_INTERNAL_H
#define SIM_UI_PANE_MEMORY_INTERNAL_H

#include "sim/ui/memory_map.h"
#include "sim/ui/process_marks.h"
#include "sim/view/view_mpu.h"

#define MEMORY_ZOOM_MAX 64.0F

/* Where everything is, as drawn last. Parts without room have no width. */
struct memory_places {
    struct rect head, ram_button, flash_button;
    struct rect overview, lens, addresses, map, may, lanes, notes, foot;
    int digits; /* of an address that are written: 8, or the last ones that tell them apart */
};

struct memory_state {
    int own_selected;
    bool flash;    /* of RAM and flash, what is shown */
    bool in_force; /* the MPU as it is now, not as it is when the process runs */
    float zoom;    /* 1 (or 0, at first): all of it */
    float scroll;  /* points that are above the upper edge */
    int span;      /* selected, -1 or out of range: none; 0 at first means none as well */
    bool span_chosen;
    uint64_t hits_seen;
    uint64_t hit_ms; /* wall time when the newest hit was seen first */
    struct memory_places places;
    struct memory_map map, overview;
};

/* One drawing. */
struct memory_picture {
    struct memory_state *state;
    struct canvas *canvas;
    const struct ui_context *context;
    const struct theme *theme;
    const struct view_processes *all;
    const struct view_process *process;
    int index; /* of the process */
    const struct view_span *spans;
    size_t span_count;
    const struct mpu_state *mpu; /* that is shown; NULL: not known */
    bool mpu_is_now;             /* it is in force at this moment */
    struct memory_places at;
};

static inline color memory_color(const struct memory_picture *picture, enum theme_color which)
{
    return picture->theme->colors[which];
}

/* pane_memory_input.c */
/* pane_class.event */
bool memory_take_event(void *state, struct rect area, const struct ui_event *event,
                       const struct ui_context *context);

/* pane_memory_map.c */
void memory_draw_overview(const struct memory_picture *picture);
void memory_draw_map(const struct memory_picture *picture);
/* The sign for what is larger than to scale. */
void memory_draw_break(const struct memory_picture *picture, float x, float y);
void memory_draw_labels(const struct memory_picture *picture);
void memory_draw_addresses(const struct memory_picture *picture);

/* pane_memory_mpu.c */
/* How many regions touch what is shown. */
size_t memory_count_lanes(const struct memory_picture *picture);
float memory_lane_width(struct canvas *canvas);
/* What a process may do, as a column, and hatching over what it may not touch. */
void memory_draw_may(const struct memory_picture *picture);
void memory_draw_lanes(const struct memory_picture *picture);
/* All regions in words, from `y` down in the notes. Returns where it ends. */
float memory_draw_regions(const struct memory_picture *picture, float y);

/* pane_memory_hits.c */
void memory_note_hits(struct memory_state *state, const struct ui_context *context);
void memory_draw_hits(const struct memory_picture *picture);
/* Cards in the notes from `y` down. Returns where they end. */
float memory_draw_cards(const struct memory_picture *picture, float y, float bottom);
/* "write to 0x2000f92c", with a name in front when another process did it. */
void memory_write_hit(const struct memory_picture *picture, const struct view_hit *hit, char *text,
                      size_t size);
/* The newest hit that concerns what is shown, or NULL. */
const struct view_hit *memory_newest_hit(const struct memory_picture *picture);

#endif
