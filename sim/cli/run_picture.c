#include "sim/cli/run_picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/run_session.h"
#include "sim/ui/ui_picture.h"
#include "sim/view/view_builder.h"

#define FRAMES_PER_S 60U

/* Before the run, which may take hours. */
static bool check_file(const char *path, struct sim_error *error)
{
    FILE *file = fopen(path, "ab");
    if (file == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", path, strerror(errno));
    }
    fclose(file);
    return true;
}

bool run_picture_start(struct run_session *session, struct sim_error *error)
{
    const struct run_window_options *window = &session->options.window;
    struct run_picture *picture = &session->picture;
    if (window->screenshot == NULL) {
        return true;
    }
    const struct ui_picture_options options = {.path = window->screenshot,
                                               .pane = window->pane,
                                               .width = window->width,
                                               .height = window->height,
                                               .scale = (float)window->scale_permille / 1000.0F,
                                               .theme = window->theme,
                                               .presenting = window->presenting};
    const struct view_sources sources = {
        .machine = session->machine, .kernel = &session->kernel, .symbols = &session->symbols};
    picture->frame = calloc(1, sizeof *picture->frame);
    if (picture->frame == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for a picture");
    }
    picture->picture = ui_picture_create(&options, error);
    if (picture->picture == NULL || !check_file(window->screenshot, error)) {
        return false;
    }
    picture->builder = view_builder_create(&sources, error);
    return picture->builder != NULL;
}

uint64_t run_picture_next(const struct run_session *session)
{
    if (session->picture.picture == NULL) {
        return CLOCK_NEVER;
    }
    const struct clock *clock = machine_clock(session->machine);
    uint64_t frames = clock_scale_down(clock_now(clock), FRAMES_PER_S, clock->cpu_hz);
    return clock_scale_up(frames + 1, clock->cpu_hz, FRAMES_PER_S);
}

static void take(struct run_session *session)
{
    const struct run_options *options = &session->options;
    struct run_picture *picture = &session->picture;
    struct view_clock *clock = &picture->frame->clock;
    view_builder_fill(picture->builder, picture->frame);
    clock->speed_wanted_permille = options->has_speed ? options->speed_permille : RUN_SPEED_REAL;
    clock->speed_permille = clock->speed_wanted_permille;
    snprintf(clock->message, sizeof clock->message, "%s",
             session->end_text[0] != '\0' ? session->end_text : demo_caption(&session->demo));
    ui_picture_take(picture->picture, picture->frame);
}

void run_picture_take_due(struct run_session *session)
{
    if (session->picture.picture == NULL) {
        return;
    }
    const struct clock *clock = machine_clock(session->machine);
    uint64_t frames = clock_scale_down(clock_now(clock), FRAMES_PER_S, clock->cpu_hz);
    if (frames > session->picture.frames) {
        session->picture.frames = frames;
        take(session);
    }
}

bool run_picture_finish(struct run_session *session, struct sim_error *error)
{
    if (session->picture.picture == NULL) {
        return true;
    }
    take(session);
    return ui_picture_write(session->picture.picture, error);
}

void run_picture_close(struct run_picture *picture)
{
    view_builder_destroy(picture->builder);
    ui_picture_destroy(picture->picture);
    free(picture->frame);
    *picture = (struct run_picture){0};
}
