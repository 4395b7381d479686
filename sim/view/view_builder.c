#include "sim/view/view_builder.h"

#include <stdlib.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

struct view_builder {
    struct view_sources sources;
    uint64_t sequence;
    struct parts_watch parts;
    struct timers_watch timers;
    struct processes_watch processes;
    struct timeline_watch timeline;
    struct console_watch console;
};

struct view_builder *view_builder_create(const struct view_sources *sources,
                                         struct sim_error *error)
{
    struct view_builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for the view of the machine");
        return NULL;
    }
    builder->sources = *sources;
    const struct view_sources *own = &builder->sources;
    if (!view_parts_start(&builder->parts, own, error) ||
        !view_timers_start(&builder->timers, own, error) ||
        !view_processes_start(&builder->processes, own, error) ||
        !view_timeline_start(&builder->timeline, own, error) ||
        !view_console_start(&builder->console, own, error)) {
        free(builder);
        return NULL;
    }
    return builder;
}

void view_builder_destroy(struct view_builder *builder)
{
    free(builder);
}

static enum view_run how_it_runs(const struct view_sources *sources)
{
    if (!machine_view_powered(sources->machine)) {
        return VIEW_RUN_OFF;
    }
    return kernel_view_panicking(sources->kernel) ? VIEW_RUN_PANIC : VIEW_RUN_GOING;
}

static void fill_clock(const struct view_sources *sources, struct view_clock *clock)
{
    struct machine_totals totals;
    machine_view_totals(sources->machine, &totals);
    *clock =
        (struct view_clock){.now_cycles = totals.now_cycles,
                            .cpu_hz = totals.cpu_hz,
                            .asleep = cpu_is_asleep(machine_cpu(sources->machine)),
                            .run = how_it_runs(sources),
                            .next_event_cycles = clock_next_due(machine_clock(sources->machine)),
                            .next_event_owner = machine_view_next_owner(sources->machine),
                            .instructions = totals.instructions,
                            .interrupts = totals.interrupts,
                            .resets = totals.resets};
}

void view_builder_fill(struct view_builder *builder, struct view_frame *frame)
{
    frame->sequence = ++builder->sequence;
    fill_clock(&builder->sources, &frame->clock);
    view_parts_fill(&builder->parts, &frame->parts);
    view_timers_fill(&builder->timers, &frame->timers);
    view_processes_fill(&builder->processes, &frame->processes);
    view_timeline_fill(&builder->timeline, &frame->timeline);
    view_console_fill(&builder->console, &frame->console);
}
