#include "sim/ui/tests/sample_frame.h"

void sample_time(struct view_frame *frame)
{
    frame->clock = (struct view_clock){
        .now_cycles = 64000000ULL * 12 + 345678,
        .cpu_hz = 64000000,
        .run = VIEW_RUN_GOING,
        .speed_wanted_permille = 1000,
        .speed_permille = 1000,
        .next_event_cycles = 64000000ULL * 12 + 400000,
        .instructions = 48123456,
        .interrupts = 1284,
    };
}
