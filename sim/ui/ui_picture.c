#include "sim/ui/ui_picture.h"

#include <stdlib.h>

#include "sim/ui/pane_set.h"

#define WINDOW_WIDTH  1280U
#define WINDOW_HEIGHT 800U
/* A pane alone: as large as it has in the window, about. */
#define PANE_WIDTH  720U
#define PANE_HEIGHT 480U
#define FAR_OUTSIDE (-1.0e6F)
#define MARGIN      8.0F

struct ui_picture {
    struct ui_picture_options options;
    const struct pane_class *pane; /* NULL: the whole window */
    struct pane_set panes;
    struct canvas *canvas;
    struct view_frame *frame; /* a copy of the newest */
};

static bool choose_size(struct ui_picture_options *options, struct sim_error *error)
{
    if (options->width == 0 && options->height == 0) {
        options->width = options->pane != NULL ? PANE_WIDTH : WINDOW_WIDTH;
        options->height = options->pane != NULL ? PANE_HEIGHT : WINDOW_HEIGHT;
    }
    if (options->width < UI_PICTURE_SIDE_MIN || options->width > UI_PICTURE_SIDE_MAX ||
        options->height < UI_PICTURE_SIDE_MIN || options->height > UI_PICTURE_SIDE_MAX) {
        return sim_fail(error, SIM_WRONG_USE, "a picture of %u x %u: each side has %u to %u pixels",
                        (unsigned)options->width, (unsigned)options->height, UI_PICTURE_SIDE_MIN,
                        UI_PICTURE_SIDE_MAX);
    }
    if (options->scale == 0) {
        options->scale = 1;
    }
    return true;
}

static bool open_parts(struct ui_picture *picture, struct sim_error *error)
{
    const struct ui_picture_options *options = &picture->options;
    picture->frame = calloc(1, sizeof *picture->frame);
    if (picture->frame == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for a picture");
    }
    picture->canvas = canvas_for_picture(options->width, options->height, options->scale, error);
    return picture->canvas != NULL && pane_set_open(&picture->panes, error);
}

struct ui_picture *ui_picture_create(const struct ui_picture_options *options,
                                     struct sim_error *error)
{
    const struct pane_class *pane = NULL;
    if (options->pane != NULL) {
        pane = pane_find(options->pane);
        if (pane == NULL) {
            sim_fail(error, SIM_WRONG_USE,
                     "no pane %s: there are board, console, processes, memory, timeline, timers, "
                     "clock, controls",
                     options->pane);
            return NULL;
        }
    }
    struct ui_picture *picture = calloc(1, sizeof *picture);
    if (picture == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for a picture");
        return NULL;
    }
    picture->options = *options;
    picture->pane = pane;
    if (!choose_size(&picture->options, error) || !open_parts(picture, error)) {
        ui_picture_destroy(picture);
        return NULL;
    }
    return picture;
}

void ui_picture_take(struct ui_picture *picture, const struct view_frame *frame)
{
    *picture->frame = *frame;
    pane_set_take(&picture->panes, frame);
}

static void ignore_command(void *window, const struct view_command *command)
{
    (void)window;
    (void)command;
}

static void ignore_text(void *window, const char *text)
{
    (void)window;
    (void)text;
}

static const char *no_clipboard(void *window)
{
    (void)window;
    return "";
}

static void draw_pane(struct ui_picture *picture, const struct pane_class *pane, struct rect area,
                      const struct ui_context *context)
{
    canvas_fill_round(picture->canvas, area, 6, context->theme->colors[THEME_PANE]);
    struct rect inner = {area.x + MARGIN, area.y + MARGIN, area.width - 2 * MARGIN,
                         area.height - 2 * MARGIN};
    canvas_push_clip(picture->canvas, inner);
    pane->draw(picture->panes.states[pane_set_index(pane)], picture->canvas, inner, context);
    canvas_pop_clip(picture->canvas);
}

bool ui_picture_write(struct ui_picture *picture, struct sim_error *error)
{
    const struct ui_context context = {
        .frame = picture->frame,
        .theme = theme_get(picture->options.theme),
        .presenting = picture->options.presenting,
        .mouse_x = FAR_OUTSIDE,
        .mouse_y = FAR_OUTSIDE,
        .send = ignore_command,
        .say = ignore_text,
        .set_clipboard = ignore_text,
        .clipboard = no_clipboard,
        .selected_process = &picture->panes.selected_process,
    };
    struct rect whole = canvas_area(picture->canvas);
    canvas_begin(picture->canvas, context.theme->colors[THEME_BACKGROUND]);
    for (size_t i = 0; i < pane_list_count && picture->pane == NULL; i++) {
        struct rect area = {(float)(i % 2) * whole.width / 2, (float)(i / 2) * whole.height / 4,
                            whole.width / 2 - 4, whole.height / 4 - 4};
        draw_pane(picture, pane_list[i], area, &context);
    }
    if (picture->pane != NULL) {
        draw_pane(picture, picture->pane, whole, &context);
    }
    canvas_end(picture->canvas);
    return canvas_write_png(picture->canvas, picture->options.path, error);
}

void ui_picture_destroy(struct ui_picture *picture)
{
    if (picture == NULL) {
        return;
    }
    canvas_destroy(picture->canvas);
    pane_set_close(&picture->panes);
    free(picture->frame);
    free(picture);
}
