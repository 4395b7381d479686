#include "sim/ui/tests/sample_frame.h"

void sample_board(struct view_frame *frame)
{
    frame->parts.part_count = 0;
}
