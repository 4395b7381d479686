#include "sim/ui/tests/sample_frame.h"

void sample_processes(struct view_frame *frame)
{
    frame->processes.count = 0;
}
