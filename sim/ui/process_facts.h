/* sim/ui/process_facts.h - what is known of one process, in words, a line each. */
#ifndef SIM_UI_PROCESS_FACTS_H
#define SIM_UI_PROCESS_FACTS_H

#include "sim/ui/pane.h"

/* Last fault, last call, upcalls that wait, stack, calls, places, completion code: as many lines as
 * the area has room for. `index`: of a process of the frame. */
void process_draw_facts(struct canvas *canvas, const struct ui_context *context, int index,
                        struct rect area);

#endif
