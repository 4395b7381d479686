#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

bool view_parts_start(struct parts_watch *watch, const struct view_sources *sources,
                      struct sim_error *error)
{
    watch->sources = sources;
    return board_picture_read(machine_view_board(sources->machine), &watch->picture, error);
}

void view_parts_fill(struct parts_watch *watch, struct view_parts *parts)
{
    parts->board = machine_view_board(watch->sources->machine);
    parts->picture = &watch->picture;
    parts->part_count = parts->board->device_count;
    for (size_t i = 0; i < parts->part_count; i++) {
        parts->parts[i] = (struct view_part){.name = parts->board->devices[i].name};
    }
}
