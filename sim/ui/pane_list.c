#include "sim/ui/panes.h"

#include <stdio.h>
#include <string.h>

const struct pane_class *const pane_list[] = {
    &pane_board,    &pane_console, &pane_processes, &pane_memory,
    &pane_timeline, &pane_timers,  &pane_clock,     &pane_controls,
};

const size_t pane_list_count = sizeof pane_list / sizeof pane_list[0];

_Static_assert(sizeof pane_list / sizeof pane_list[0] <= PANES_MAX, "make PANES_MAX larger");

const struct pane_class *pane_find(const char *name)
{
    for (size_t i = 0; i < pane_list_count; i++) {
        if (strcmp(pane_list[i]->name, name) == 0) {
            return pane_list[i];
        }
    }
    return NULL;
}

const struct pane_class *pane_need(const char *name, struct sim_error *error)
{
    const struct pane_class *pane = pane_find(name);
    char names[160] = "";
    for (size_t i = 0; i < pane_list_count; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ", ", pane_list[i]->name);
    }
    if (pane == NULL) {
        sim_fail(error, SIM_WRONG_USE, "no pane %s: there are %s", name, names);
    }
    return pane;
}
