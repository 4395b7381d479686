/* sim/ui/process_marks.h - how the panes show processes, memory and their states: the same words,
 * shapes and colours everywhere. */
#ifndef SIM_UI_PROCESS_MARKS_H
#define SIM_UI_PROCESS_MARKS_H

#include "sim/ui/pane.h"

#define PROCESS_MARK_TEXT 48

struct process_text {
    char text[PROCESS_MARK_TEXT];
};

/* "12,345" */
struct process_text process_number(uint64_t value);
/* "1,472 bytes", "512 kB" where it is that to the byte and not small. */
struct process_text process_bytes(uint64_t bytes);
/* "2 kB", "96 B": for narrow places. */
struct process_text process_size(uint64_t bytes);
/* "12.4 %" */
struct process_text process_percent(uint32_t permille);

/* The process that all panes show: valid in the frame, or -1 when there is none. While nobody has
 * chosen (the choice is -1) it is the one that faulted last, or the first. `own` is the pane's, for
 * windows without a common choice. */
int process_selected(const struct ui_context *context, const int *own);
void process_select(const struct ui_context *context, int *own, int index);
/* The next (1) or previous (-1) one, around the end. */
void process_select_next(const struct ui_context *context, int *own, int step);

/* "Yielded-For", ...: the state as people write it. */
const char *process_state_words(const struct view_process *process);
/* A shape for the state, `size` points high and wide. */
void process_draw_state(struct canvas *canvas, const struct theme *theme, float x, float y,
                        float size, const struct view_process *process);
color process_state_color(const struct theme *theme, const struct view_process *process);

/* "stack, in use"; for a grant the driver's name. */
const char *process_span_name(const struct view_span *span, char *text, size_t size);
/* What a span is painted with. */
color process_span_color(const struct theme *theme, const struct view_span *span);

#endif
