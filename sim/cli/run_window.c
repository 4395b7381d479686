#include "sim/cli/run_window.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/run_control.h"
#include "sim/cli/run_loop.h"
#include "sim/ui/pane.h"
#include "sim/ui/window.h"

#define LOOK_NS   50000000U /* after the end: for Ctrl-C, and for the window that is closed */
#define NAME_SIZE 80U

/* What the machine's thread has. */
struct worker {
    struct run_session *session;
    struct run_control *control;
    bool stays; /* the window stays when the run has ended, and shows how */
    enum sim_status status;
    struct sim_error error;
};

static bool has_display(void)
{
    static const char *const names[] = {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return true;
        }
    }
    return false;
}

bool run_window_is_wanted(const struct run_options *options)
{
    if (options->headless || options->gdb || options->window.wish == RUN_WINDOW_NO) {
        return false;
    }
    return options->window.wish == RUN_WINDOW_YES || has_display();
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct window_link *link = worker->control->link;
    pthread_setname_np(pthread_self(), "machine"); /* for people who look, and for bench/ */
    worker->status = run_session_run(worker->session, &worker->error);
    run_control_finish(worker->control);
    bool stays = worker->stays && worker->error.status == SIM_OK;
    while (stays && !run_loop_interrupted() && !window_link_is_quitting(link)) {
        window_link_finish(link, &(struct window_link_end){.close = false});
        window_link_wait(link, LOOK_NS);
        struct view_command ignored; /* nothing is there any more that could obey */
        while (window_link_take_command(link, &ignored)) {
        }
    }
    window_link_finish(link, &(struct window_link_end){.close = true});
    return NULL;
}

/* From here to the end there are two threads. */
static enum sim_status run_both(struct run_session *session, struct run_control *control,
                                struct window *window, struct sim_error *error)
{
    struct worker worker = {.session = session,
                            .control = control,
                            .stays = !session->options.has_for && session->options.until == NULL,
                            .error = {.status = SIM_OK}};
    pthread_t thread;
    session->driver = &control->driver;
    if (pthread_create(&thread, NULL, work, &worker) != 0) {
        sim_fail(error, SIM_INTERNAL, "cannot start the machine's thread");
        return error->status;
    }
    bool vanished = window_run(window) == WINDOW_VANISHED;
    if (vanished) {
        fprintf(stderr, "sandglass: the display is gone, and the run ends with it\n");
    }
    window_link_send(control->link, &(struct view_command){.kind = VIEW_COMMAND_QUIT});
    pthread_join(thread, NULL);
    session->driver = NULL;
    if (worker.error.status != SIM_OK) {
        *error = worker.error;
    }
    return vanished && worker.status == SIM_OK ? SIM_INTERNAL : worker.status;
}

/* "nrf52dk", also of a path. */
static void name_board(const char *board, char name[NAME_SIZE])
{
    const char *slash = strrchr(board, '/');
    snprintf(name, NAME_SIZE, "%s", slash == NULL ? board : slash + 1);
    char *dot = strrchr(name, '.');
    if (dot != NULL && dot != name) {
        *dot = '\0';
    }
}

static struct window *open_window(const struct run_session *session, struct window_link *link,
                                  struct sim_error *error)
{
    const struct run_window_options *wanted = &session->options.window;
    char name[NAME_SIZE];
    name_board(session->options.board, name);
    const struct window_options options = {.title = name,
                                           .pane = wanted->pane,
                                           .width = wanted->width,
                                           .height = wanted->height,
                                           .scale = (float)wanted->scale_permille / 1000.0F,
                                           .has_theme = wanted->has_theme,
                                           .theme = wanted->theme,
                                           .presenting = wanted->presenting};
    return window_create(&options, link, error);
}

static enum sim_status run_in_window(struct run_session *session, struct window_link *link,
                                     struct window *window, struct sim_error *error)
{
    struct run_control *control = calloc(1, sizeof *control);
    enum sim_status status = SIM_INTERNAL;
    if (control == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for the window");
    } else if (run_control_start(control, session, link, error)) {
        status = run_both(session, control, window, error);
    }
    if (control != NULL) {
        run_control_close(control);
    }
    free(control);
    return status;
}

/* No window can be had: the user insists, or it is said and the terminal does. */
static enum sim_status run_without(struct run_session *session, struct sim_error *refusal,
                                   struct sim_error *error)
{
    if (session->options.window.wish == RUN_WINDOW_YES) {
        sim_fail(error, SIM_WRONG_USE, "%s", refusal->text);
        return error->status;
    }
    fprintf(stderr, "sandglass: the run stays in the terminal: %s\n", refusal->text);
    return run_session_run(session, error);
}

enum sim_status run_window_run(struct run_session *session, struct sim_error *error)
{
    const char *pane = session->options.window.pane;
    struct sim_error refusal = {.status = SIM_OK};
    if (pane != NULL && pane_need(pane, error) == NULL) {
        return error->status;
    }
    if (!has_display()) {
        sim_fail(&refusal, SIM_WRONG_USE,
                 "--window: there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set "
                 "(--no-window runs in the terminal, --screenshot FILE makes a picture)");
        return run_without(session, &refusal, error);
    }
    struct window_link *link = window_link_create(&refusal);
    struct window *window = link == NULL ? NULL : open_window(session, link, &refusal);
    enum sim_status status = SIM_OK;
    if (window != NULL) {
        session->options.has_for = session->options.has_for && !session->demo.ends;
        status = run_in_window(session, link, window, error);
    } else {
        status = run_without(session, &refusal, error);
    }
    window_destroy(window);
    window_link_destroy(link);
    return status;
}
