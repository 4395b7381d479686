#include <string.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_internal.h"

static void on_sent(void *context, const char *device, uint8_t byte)
{
    struct console_watch *watch = context;
    struct view_console *waiting = &watch->waiting;
    if (waiting->device == NULL || strcmp(waiting->device, device) != 0) {
        return;
    }
    if (waiting->count == VIEW_CONSOLE_BYTES_MAX) {
        size_t half = VIEW_CONSOLE_BYTES_MAX / 2;
        memmove(waiting->bytes, waiting->bytes + half, half);
        waiting->count = half;
        waiting->lost += half;
    }
    waiting->bytes[waiting->count++] = byte;
}

bool view_console_start(struct console_watch *watch, const struct view_sources *sources,
                        struct sim_error *error)
{
    watch->sources = sources;
    watch->waiting.device = machine_view_board(sources->machine)->console;
    const struct machine_observer observer = {.sent = on_sent, .context = watch};
    return machine_observe(sources->machine, &observer) ||
           sim_fail(error, SIM_INTERNAL, "the machine has too many observers");
}

void view_console_fill(struct console_watch *watch, struct view_console *console)
{
    *console = watch->waiting;
    watch->waiting.count = 0;
    watch->waiting.lost = 0;
}
