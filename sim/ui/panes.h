/* sim/ui/panes.h - the panes that there are, each in its file pane_NAME.c. */
#ifndef SIM_UI_PANES_H
#define SIM_UI_PANES_H

#include "sim/ui/pane.h"

#define PANES_MAX 16

extern const struct pane_class pane_board;
extern const struct pane_class pane_console;
extern const struct pane_class pane_processes;
extern const struct pane_class pane_memory;
extern const struct pane_class pane_timeline;
extern const struct pane_class pane_timers;
extern const struct pane_class pane_clock;
extern const struct pane_class pane_controls;

#endif
