#include "sim/ui/window_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/ui/window_internal.h"

#define PATH_MAX_BYTES 4096U

struct writer {
    FILE *stream;
    float points_per_unit;
    const char *pane;
};

void window_report_open(struct window_report *report)
{
    const char *path = getenv("SANDGLASS_WINDOW_REPORT");
    *report = (struct window_report){.path = path != NULL && path[0] != '\0' ? path : NULL};
}

static void write_run(FILE *stream, const struct view_clock *clock)
{
    static const char *const words[] = {
        [VIEW_RUN_GOING] = "going", [VIEW_RUN_OFF] = "off",       [VIEW_RUN_PAUSED] = "paused",
        [VIEW_RUN_PANIC] = "panic", [VIEW_RUN_LOCKUP] = "lockup", [VIEW_RUN_FINISHED] = "finished"};
    fprintf(stream, "run %s", words[clock->run]);
    if (clock->run == VIEW_RUN_PAUSED || clock->run == VIEW_RUN_FINISHED) {
        fprintf(stream, " %" PRIu64, clock->now_cycles);
    }
    fputc('\n', stream);
}

static void tell(void *context, const char *name, struct rect place)
{
    const struct writer *writer = context;
    fprintf(writer->stream, "place %s %.0f %.0f %s\n", writer->pane,
            (double)((place.x + place.width / 2) / writer->points_per_unit),
            (double)((place.y + place.height / 2) / writer->points_per_unit), name);
}

static void write_pane(struct writer *writer, struct window_view *view,
                       const struct layout_slot *slot)
{
    size_t index = slot->panes[slot->front];
    const struct pane_class *pane = pane_list[index];
    const struct ui_context context = window_context(view, index);
    const struct ui_places places = {.tell = tell, .context = writer};
    float unit = writer->points_per_unit;
    writer->pane = pane->name;
    fprintf(writer->stream, "pane %s %.0f %.0f %.0f %.0f\n", pane->name,
            (double)(slot->body.x / unit), (double)(slot->body.y / unit),
            (double)(slot->body.width / unit), (double)(slot->body.height / unit));
    if (pane->places != NULL) {
        pane->places(view->panes.states[index], slot->body, &context, &places);
    }
}

/* Never half a file: whoever reads it may look at any time. */
static bool replace_file(const char *path, const char *text, size_t length)
{
    char fresh[PATH_MAX_BYTES];
    int count = snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *file = count > 0 && (size_t)count < sizeof fresh ? fopen(fresh, "w") : NULL;
    if (file == NULL) {
        return false;
    }
    bool written = fwrite(text, 1, length, file) == length;
    written = fclose(file) == 0 && written;
    return written && rename(fresh, path) == 0;
}

void window_report_update(struct window_report *report, struct window_view *view,
                          float points_per_unit)
{
    char *text = NULL;
    size_t length = 0;
    struct writer writer = {.points_per_unit = points_per_unit > 0 ? points_per_unit : 1};
    if (report->path == NULL) {
        return;
    }
    writer.stream = open_memstream(&text, &length);
    if (writer.stream == NULL) {
        return;
    }
    write_run(writer.stream, &view->frame->clock);
    for (size_t i = 0; i < view->plan.slot_count; i++) {
        write_pane(&writer, view, &view->plan.slots[i]);
    }
    fclose(writer.stream);
    if (report->text != NULL && strcmp(report->text, text) == 0) {
        free(text);
        return;
    }
    free(report->text);
    report->text = text;
    if (!replace_file(report->path, text, length)) {
        fprintf(stderr, "sandglass: SANDGLASS_WINDOW_REPORT: cannot write %s: %s\n", report->path,
                strerror(errno));
        report->path = NULL;
    }
}

void window_report_close(struct window_report *report)
{
    free(report->text);
    report->text = NULL;
}
