#include "sim/ui/tests/sample_frame.h"

#include <stdlib.h>
#include <string.h>

void sample_frame(struct view_frame *frame)
{
    memset(frame, 0, sizeof *frame);
    frame->sequence = 1;
    sample_time(frame);
    sample_board(frame);
    sample_processes(frame);
    sample_console(frame);
}

struct view_frame *sample_frame_new(void)
{
    struct view_frame *frame = malloc(sizeof *frame);
    if (frame != NULL) {
        sample_frame(frame);
    }
    return frame;
}
