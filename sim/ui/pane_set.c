#include "sim/ui/pane_set.h"

#include <stdlib.h>

bool pane_set_open(struct pane_set *set, struct sim_error *error)
{
    *set = (struct pane_set){.selected_process = -1};
    for (size_t i = 0; i < pane_list_count; i++) {
        size_t bytes = pane_list[i]->state_bytes;
        set->states[i] = calloc(1, bytes > 0 ? bytes : 1);
        if (set->states[i] == NULL) {
            pane_set_close(set);
            return sim_fail(error, SIM_INTERNAL, "no memory for the pane %s", pane_list[i]->title);
        }
    }
    return true;
}

void pane_set_close(struct pane_set *set)
{
    for (size_t i = 0; i < pane_list_count; i++) {
        if (set->states[i] != NULL && pane_list[i]->close != NULL) {
            pane_list[i]->close(set->states[i]);
        }
        free(set->states[i]);
        set->states[i] = NULL;
    }
}

void pane_set_take(struct pane_set *set, const struct view_frame *frame)
{
    for (size_t i = 0; i < pane_list_count; i++) {
        if (pane_list[i]->take != NULL) {
            pane_list[i]->take(set->states[i], frame);
        }
    }
}

size_t pane_set_index(const struct pane_class *pane)
{
    for (size_t i = 0; i < pane_list_count; i++) {
        if (pane_list[i] == pane) {
            return i;
        }
    }
    return 0;
}
