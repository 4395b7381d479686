#include "sim/ui/window.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>

#include "sim/ui/canvas.h"
#include "sim/ui/display_loss.h"
#include "sim/ui/layout_file.h"
#include "sim/ui/window_input.h"
#include "sim/ui/window_report.h"
#include "sim/ui/window_view.h"

#define USUAL_WIDTH  1280.0F
#define USUAL_HEIGHT 800.0F
#define USUAL_DPI    96.0F
#define DENSE_DPI    168.0F
#define DENSITY_MAX  4.0F
#define FRAME_MS     16U   /* between two drawings: 60 a second */
#define LIVELY_MS    3000U /* after the last frame or input the next is waited for closely */
#define FADING_MS    6500U /* and what fades or is said for a while is drawn on */
#define FADING_STEP  100U
#define IDLE_MS      50U /* how late a frame can be noticed when all is quiet */
#define SCALE_MIN    0.5F
#define SCALE_MAX    8.0F

struct window {
    struct window_link *link; /* borrowed */
    SDL_Window *screen;
    struct canvas *canvas;
    SDL_Cursor *pointers[3];
    enum window_pointer pointer;
    struct window_view view;
    struct window_report report;
    float scale;   /* that the user asked for; 0: the screen's own */
    float density; /* of the screen, where its system does not tell by itself */
    char *pasted;  /* SDL's; the last that a pane asked for */
    bool closing, dirty;
    bool lost;                     /* the display is gone: nothing may be asked of it any more */
    uint64_t stepped_ms, drawn_ms; /* last look at the link, last drawing */
    uint64_t lively_ms;            /* last time that something happened */
    uint32_t width, height;        /* of the window while it was not full screen */
};

static void send(void *host, const struct view_command *command)
{
    struct window *window = host;
    if (!window_link_send(window->link, command)) {
        window_view_say(&window->view, "The machine is behind: that was not taken");
    }
}

static void set_clipboard(void *host, const char *text)
{
    (void)host;
    SDL_SetClipboardText(text);
}

static const char *clipboard(void *host)
{
    struct window *window = host;
    SDL_free(window->pasted);
    window->pasted = SDL_GetClipboardText();
    return window->pasted != NULL ? window->pasted : "";
}

static void set_full_screen(void *host, bool on)
{
    struct window *window = host;
    SDL_SetWindowFullscreen(window->screen, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}

static void request_close(void *host)
{
    struct window *window = host;
    window->closing = true;
}

/* How much smaller than usual the pixels of the first screen are, in halves: for systems that have
 * no units of their own. What lies between 96 and 168 dots per inch is told wrongly too often. */
static float guess_density(void)
{
    float dots_per_inch = 0;
    if (SDL_GetDisplayDPI(0, &dots_per_inch, NULL, NULL) != 0 || !(dots_per_inch >= DENSE_DPI)) {
        return 1;
    }
    return fminf(DENSITY_MAX, floorf(dots_per_inch / USUAL_DPI * 2) / 2);
}

/* Pixels per point: the screen's own density, or what the user asked for, times the zoom. */
static void fit_scale(struct window *window)
{
    int units = 0;
    int pixels = 0;
    SDL_GetWindowSize(window->screen, &units, NULL);
    SDL_GetWindowSizeInPixels(window->screen, &pixels, NULL);
    float density = units > 0 && pixels > units ? (float)pixels / (float)units : window->density;
    float scale = window->scale > 0 ? window->scale : density;
    canvas_set_scale(window->canvas, scale * window->view.zoom);
}

static float points_per_unit(const struct window *window)
{
    int units = 0;
    SDL_GetWindowSize(window->screen, &units, NULL);
    return units > 0 ? canvas_area(window->canvas).width / (float)units : 1;
}

static void open_screen(struct window *window, const struct window_options *options,
                        const struct layout_kept *kept, struct sim_error *error)
{
    uint32_t width = options->width > 0 ? options->width : kept->width;
    uint32_t height = options->height > 0 ? options->height : kept->height;
    window->density = guess_density();
    if (width == 0 || height == 0) {
        width = (uint32_t)(USUAL_WIDTH * window->density);
        height = (uint32_t)(USUAL_HEIGHT * window->density);
    }
    SDL_Rect usable;
    if (SDL_GetDisplayUsableBounds(0, &usable) == 0 && usable.w > 0 && usable.h > 0) {
        width = width > (uint32_t)usable.w ? (uint32_t)usable.w : width;
        height = height > (uint32_t)usable.h ? (uint32_t)usable.h : height;
    }
    char title[128];
    bool named = options->title != NULL && options->title[0] != 0;
    snprintf(title, sizeof title, "%s%sSandglass", named ? options->title : "",
             named ? " \xe2\x80\x93 " : "");
    window->screen =
        SDL_CreateWindow(title, SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, (int)width,
                         (int)height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (window->screen == NULL) {
        sim_fail(error, SIM_INTERNAL, "SDL opens no window: %s", SDL_GetError());
        return;
    }
    window->width = width;
    window->height = height;
    display_loss_watch(window->screen, &window->lost);
    window->canvas = canvas_for_window(window->screen, 1, error);
}

/* SDL also takes a driver that shows nothing when no other works; only who asks for one wants it.
 */
static bool is_unseen(void)
{
    const char *asked = SDL_GetHint(SDL_HINT_VIDEODRIVER);
    const char *driver = SDL_GetCurrentVideoDriver();
    return (asked == NULL || asked[0] == 0) && driver != NULL &&
           (strcmp(driver, "offscreen") == 0 || strcmp(driver, "dummy") == 0);
}

/* Where only X11 can be, nothing else is tried: Wayland's library complains on stderr by itself. */
static void prefer_x11(void)
{
    const char *x11 = SDL_getenv("DISPLAY");
    const char *wayland = SDL_getenv("WAYLAND_DISPLAY");
    const char *asked = SDL_GetHint(SDL_HINT_VIDEODRIVER);
    if (x11 != NULL && x11[0] != 0 && (wayland == NULL || wayland[0] == 0) && asked == NULL) {
        SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11");
    }
}

static void start_sdl(struct sim_error *error)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* Ctrl+C in the terminal is the run's */
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    SDL_SetHint(SDL_HINT_APP_NAME, "Sandglass");
    prefer_x11();
    const char *refusal = SDL_InitSubSystem(SDL_INIT_VIDEO) != 0 ? SDL_GetError()
                          : is_unseen()                          ? "no display answers"
                                                                 : NULL;
    if (refusal != NULL) {
        sim_fail(error, SIM_WRONG_USE,
                 "no window can be opened: %s (--no-window runs in the terminal, --screenshot "
                 "FILE makes a picture)",
                 refusal);
    }
}

static void restore(struct window *window, const struct window_options *options,
                    const struct layout_kept *kept)
{
    struct window_view *view = &window->view;
    view->theme = options->has_theme ? options->theme : kept->theme;
    view->zoom = kept->zoom;
    if (!options->presenting) {
        view->layout = kept->layout;
    }
    const struct pane_class *pane = options->pane != NULL ? pane_find(options->pane) : NULL;
    if (pane != NULL) {
        layout_focus(&view->layout, pane_set_index(pane));
        view->layout.maximised = true;
    }
}

struct window *window_create(const struct window_options *options, struct window_link *link,
                             struct sim_error *error)
{
    struct window *window = calloc(1, sizeof *window);
    if (window == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for the window");
        return NULL;
    }
    struct layout_kept kept = {.zoom = 1};
    layout_reset(&kept.layout, false);
    window_report_open(&window->report);
    layout_file_load(&kept);
    window->link = link;
    window->scale = options->scale > 0 ? fminf(SCALE_MAX, fmaxf(SCALE_MIN, options->scale)) : 0;
    window->view.host = (struct window_host){.host = window,
                                             .send = send,
                                             .set_clipboard = set_clipboard,
                                             .clipboard = clipboard,
                                             .set_full_screen = set_full_screen,
                                             .close = request_close};
    struct sim_error own = {0};
    start_sdl(&own);
    if (own.status == SIM_OK) {
        open_screen(window, options, &kept, &own);
    }
    if (own.status == SIM_OK) {
        window_view_open(&window->view, options->presenting, &own);
    }
    if (own.status != SIM_OK) {
        sim_fail(error, own.status, "%s", own.text);
        window->view.frame = NULL; /* nothing to keep */
        window_destroy(window);
        return NULL;
    }
    restore(window, options, &kept);
    window->pointers[WINDOW_POINTER_ARROW] = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_ARROW);
    window->pointers[WINDOW_POINTER_BESIDE] = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_SIZEWE);
    window->pointers[WINDOW_POINTER_STACKED] = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_SIZENS);
    SDL_StartTextInput();
    window->dirty = true;
    return window;
}

static void take_window_event(struct window *window, const SDL_WindowEvent *event)
{
    switch (event->event) {
    case SDL_WINDOWEVENT_CLOSE:
        window->closing = true;
        break;
    case SDL_WINDOWEVENT_FOCUS_LOST:
        window_view_event(&window->view, &(struct ui_event){.kind = UI_LET_GO});
        break;
    case SDL_WINDOWEVENT_LEAVE:
        if (window->view.held_by == NULL && !window->view.dragging) {
            window->view.mouse_x = -1.0e6F;
            window->view.mouse_y = -1.0e6F;
        }
        break;
    case SDL_WINDOWEVENT_SIZE_CHANGED:
        if (!window->view.full_screen && event->data1 > 0 && event->data2 > 0) {
            window->width = (uint32_t)event->data1;
            window->height = (uint32_t)event->data2;
        }
        break;
    default:
        break;
    }
}

static void take_event(struct window *window, const SDL_Event *event)
{
    window->dirty = true;
    window->lively_ms = SDL_GetTicks64();
    window->view.wall_ms = window->lively_ms;
    if (event->type == SDL_QUIT) {
        window->closing = true;
    } else if (event->type == SDL_WINDOWEVENT) {
        take_window_event(window, &event->window);
    } else {
        struct ui_event translated;
        if (window_input_translate(event, points_per_unit(window), &translated)) {
            window_view_event(&window->view, &translated);
        }
    }
}

static void show_pointer(struct window *window)
{
    enum window_pointer wanted = window_view_pointer(&window->view);
    if (wanted != window->pointer && window->pointers[wanted] != NULL) {
        SDL_SetCursor(window->pointers[wanted]);
        window->pointer = wanted;
    }
}

static bool is_visible(const struct window *window)
{
    return (SDL_GetWindowFlags(window->screen) & (SDL_WINDOW_HIDDEN | SDL_WINDOW_MINIMIZED)) == 0;
}

/* Takes a frame if there is one and draws if anything may look different: at most 60 times a
 * second, so the machine is asked for no more pictures than that. */
static void step(struct window *window, uint64_t now)
{
    const struct view_frame *frame = window_link_take_frame(window->link);
    window->view.wall_ms = now;
    if (frame != NULL) {
        window_view_take(&window->view, frame);
        window->dirty = true;
        window->lively_ms = now;
    }
    bool fading = now - window->lively_ms < FADING_MS && now - window->drawn_ms >= FADING_STEP;
    if ((window->dirty || fading) && is_visible(window)) {
        fit_scale(window);
        window_view_draw(&window->view, window->canvas);
        window_report_update(&window->report, &window->view, points_per_unit(window));
        show_pointer(window);
        window->dirty = false;
        window->drawn_ms = now;
    }
    window->stepped_ms = now;
}

/* How long to wait for events before the next step. */
static uint64_t pause_ms(const struct window *window, uint64_t now)
{
    uint64_t since = now - window->stepped_ms;
    uint64_t between = now - window->lively_ms < LIVELY_MS ? FRAME_MS : IDLE_MS;
    return since >= between ? 0 : between - since;
}

static void loop(struct window *window)
{
    while (!window->closing && !window->lost) {
        SDL_Event event;
        uint64_t wait = pause_ms(window, SDL_GetTicks64());
        if (wait > 0 && SDL_WaitEventTimeout(&event, (int)wait) != 0) {
            take_event(window, &event);
        }
        while (SDL_PollEvent(&event) != 0) {
            take_event(window, &event);
        }
        uint64_t now = SDL_GetTicks64();
        struct window_link_end end;
        bool finished = window_link_finished(window->link, &end);
        if (!window->lost && now - window->stepped_ms >= FRAME_MS) {
            step(window, now);
        }
        window->closing |= finished && end.close;
    }
}

enum window_end window_run(struct window *window)
{
    const struct view_command quit = {.kind = VIEW_COMMAND_QUIT};
    loop(window);
    window_link_send(window->link, &quit);
    return window->lost ? WINDOW_VANISHED : WINDOW_CLOSED;
}

static void keep(const struct window *window)
{
    const struct window_view *view = &window->view;
    struct layout_kept kept = {.layout = view->layout,
                               .theme = view->theme,
                               .zoom = view->zoom,
                               .width = window->width,
                               .height = window->height};
    if (!view->presenting) {
        layout_file_save(&kept);
    }
}

void window_destroy(struct window *window)
{
    if (window == NULL) {
        return;
    }
    if (window->view.frame != NULL) {
        keep(window);
    }
    window_view_close(&window->view);
    window_report_close(&window->report);
    if (window->lost) {
        return; /* all that is left would talk to the display that is gone */
    }
    for (size_t i = 0; i < sizeof window->pointers / sizeof window->pointers[0]; i++) {
        SDL_FreeCursor(window->pointers[i]);
    }
    SDL_free(window->pasted);
    canvas_destroy(window->canvas);
    if (window->screen != NULL) {
        SDL_DestroyWindow(window->screen);
    }
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    free(window);
}
