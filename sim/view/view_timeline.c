#include <string.h>

#include "sim/view/view_internal.h"

bool view_timeline_start(struct timeline_watch *watch, const struct view_sources *sources,
                         struct sim_error *error)
{
    (void)error;
    watch->sources = sources;
    return true;
}

void view_timeline_fill(struct timeline_watch *watch, struct view_timeline *timeline)
{
    timeline->count = watch->waiting.count;
    timeline->lost = watch->waiting.lost;
    memcpy(timeline->events, watch->waiting.events,
           watch->waiting.count * sizeof watch->waiting.events[0]);
    watch->waiting.count = 0;
    watch->waiting.lost = 0;
}
