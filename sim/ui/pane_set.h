/* sim/ui/pane_set.h - all panes with their states, as one window or one picture has them. */
#ifndef SIM_UI_PANE_SET_H
#define SIM_UI_PANE_SET_H

#include "sim/ui/panes.h"

struct pane_set {
    void *states[PANES_MAX]; /* by the index in pane_list; owned */
    int selected_process;
};

bool pane_set_open(struct pane_set *set, struct sim_error *error);
void pane_set_close(struct pane_set *set);
/* A new frame, for every pane. */
void pane_set_take(struct pane_set *set, const struct view_frame *frame);
/* The index of a class in pane_list. */
size_t pane_set_index(const struct pane_class *pane);

#endif
