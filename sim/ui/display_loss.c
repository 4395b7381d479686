#include "sim/ui/display_loss.h"

#include <dlfcn.h>
#include <stddef.h>

#include <SDL.h>
#include <SDL_syswm.h>

#if defined(SDL_VIDEO_DRIVER_X11)

/* Xlib is SDL's affair, loaded by it when it is used: its functions are looked up there. */
typedef void (*exit_handler)(Display *display, void *context);
typedef XIOErrorHandler (*set_error_handler)(XIOErrorHandler handler);
typedef void (*set_exit_handler)(Display *display, exit_handler handler, void *context);

static int say_nothing(Display *display)
{
    (void)display;
    return 0; /* the command says it, in one line */
}

static void note(Display *display, void *context)
{
    bool *lost = context;
    (void)display;
    *lost = true;
}

void display_loss_watch(struct SDL_Window *window, bool *lost)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (SDL_GetWindowWMInfo(window, &info) != SDL_TRUE || info.subsystem != SDL_SYSWM_X11) {
        return;
    }
    void *library = dlopen("libX11.so.6", RTLD_LAZY | RTLD_NOLOAD);
    if (library == NULL) {
        return;
    }
    set_error_handler set_error = NULL;
    set_exit_handler set_exit = NULL;
    *(void **)&set_error = dlsym(library, "XSetIOErrorHandler");
    *(void **)&set_exit = dlsym(library, "XSetIOErrorExitHandler"); /* since libX11 1.7 */
    if (set_error != NULL && set_exit != NULL) {
        set_error(say_nothing);
        set_exit(info.info.x11.display, note, lost);
    }
    dlclose(library);
}

#else

void display_loss_watch(struct SDL_Window *window, bool *lost)
{
    (void)window;
    (void)lost;
}

#endif
