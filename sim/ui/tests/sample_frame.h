/* sim/ui/tests/sample_frame.h - a frame as a busy board would give it, made by code, for golden
 * images. The same at every call. */
#ifndef SIM_UI_TESTS_SAMPLE_FRAME_H
#define SIM_UI_TESTS_SAMPLE_FRAME_H

#include "sim/view/view_frame.h"

/* The whole; what it points to lives as long as the program. */
void sample_frame(struct view_frame *frame);
/* A frame on the heap, filled; the caller frees it. */
struct view_frame *sample_frame_new(void);

/* Its parts: board and controls; processes and memory; clock, timers, timeline; console. */
void sample_board(struct view_frame *frame);
void sample_processes(struct view_frame *frame);
void sample_time(struct view_frame *frame);
void sample_console(struct view_frame *frame);

#endif
