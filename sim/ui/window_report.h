/* sim/ui/window_report.h - for programs that drive the window as a person would: a text file that
 * says what lies where in it, written anew whenever that changes. SANDGLASS_WINDOW_REPORT=FILE
 * asks for it. Places are in the window's own units, as the mouse has them.
 *
 *     run going                       how the machine runs: going, paused CYCLE, off, lockup,
 * panic, finished CYCLE pane NAME X Y WIDTH HEIGHT      of those that are seen place PANE X Y NAME
 * the middle of what can be clicked or looked at
 */
#ifndef SIM_UI_WINDOW_REPORT_H
#define SIM_UI_WINDOW_REPORT_H

#include "sim/ui/window_view.h"

struct window_report {
    const char *path; /* NULL: nobody asked */
    char *text;       /* that the file has; owned */
};

void window_report_open(struct window_report *report);
/* After a drawing. A file that cannot be written is one line on stderr, and the end of it. */
void window_report_update(struct window_report *report, struct window_view *view,
                          float points_per_unit);
void window_report_close(struct window_report *report);

#endif
