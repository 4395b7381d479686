#include "sim/ui/ui_picture.h"

#include <stdlib.h>

#include "sim/ui/window_view.h"

#define WINDOW_WIDTH  1280U
#define WINDOW_HEIGHT 800U
/* A pane alone: as large as it has in the window, about. */
#define PANE_WIDTH  720U
#define PANE_HEIGHT 480U

struct ui_picture {
    struct ui_picture_options options;
    const struct pane_class *pane; /* NULL: the whole window */
    struct window_view view;
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

static void ignore_command(void *host, const struct view_command *command)
{
    (void)host;
    (void)command;
}

static void ignore_text(void *host, const char *text)
{
    (void)host;
    (void)text;
}

static const char *no_clipboard(void *host)
{
    (void)host;
    return "";
}

static void ignore_switch(void *host, bool on)
{
    (void)host;
    (void)on;
}

static void ignore(void *host)
{
    (void)host;
}

static bool open_parts(struct ui_picture *picture, struct sim_error *error)
{
    const struct ui_picture_options *options = &picture->options;
    picture->frame = calloc(1, sizeof *picture->frame);
    if (picture->frame == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for a picture");
    }
    picture->view.theme = options->theme;
    picture->view.host = (struct window_host){.send = ignore_command,
                                              .set_clipboard = ignore_text,
                                              .clipboard = no_clipboard,
                                              .set_full_screen = ignore_switch,
                                              .close = ignore};
    picture->canvas = canvas_for_picture(options->width, options->height, options->scale, error);
    return picture->canvas != NULL && window_view_open(&picture->view, options->presenting, error);
}

/* NULL in *pane for the whole window. */
static bool choose_pane(const char *name, const struct pane_class **pane, struct sim_error *error)
{
    *pane = name == NULL ? NULL : pane_need(name, error);
    return name == NULL || *pane != NULL;
}

struct ui_picture *ui_picture_create(const struct ui_picture_options *options,
                                     struct sim_error *error)
{
    const struct pane_class *pane = NULL;
    if (!choose_pane(options->pane, &pane, error)) {
        return NULL;
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
    window_view_take(&picture->view, picture->frame);
}

static bool write_on(struct ui_picture *picture, struct canvas *canvas,
                     const struct pane_class *pane, const char *path, struct sim_error *error)
{
    if (pane != NULL) {
        window_view_draw_pane(&picture->view, canvas, pane);
    } else {
        window_view_draw(&picture->view, canvas);
    }
    return canvas_write_png(canvas, path, error);
}

bool ui_picture_write(struct ui_picture *picture, struct sim_error *error)
{
    return write_on(picture, picture->canvas, picture->pane, picture->options.path, error);
}

bool ui_picture_write_as(struct ui_picture *picture, const struct ui_picture_options *options,
                         struct sim_error *error)
{
    struct ui_picture_options own = *options;
    const struct pane_class *pane = NULL;
    if (!choose_pane(own.pane, &pane, error) || !choose_size(&own, error)) {
        return false;
    }
    struct canvas *canvas = canvas_for_picture(own.width, own.height, own.scale, error);
    bool written = canvas != NULL && write_on(picture, canvas, pane, own.path, error);
    if (canvas != NULL) {
        canvas_destroy(canvas);
    }
    return written;
}

void ui_picture_destroy(struct ui_picture *picture)
{
    if (picture == NULL) {
        return;
    }
    canvas_destroy(picture->canvas);
    window_view_close(&picture->view);
    free(picture->frame);
    free(picture);
}
