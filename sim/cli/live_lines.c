#include "sim/cli/live_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli/duration.h"

void live_lines_begin(struct live_lines *lines)
{
    const struct clock *clock = machine_clock(lines->machine);
    uint64_t microseconds = duration_from_cycles(clock_now(clock), clock->cpu_hz) / 1000;
    uart_link_start_line(lines->link);
    fprintf(stderr, "[%4" PRIu64 ".%06" PRIu64 "] ", microseconds / 1000000,
            microseconds % 1000000);
}

static void on_note(void *context, const char *device, const char *what, int32_t value)
{
    (void)value;
    live_lines_begin(context);
    fprintf(stderr, "%s %s\n", device, what);
}

/* Steps the match back to the longest beginning that still fits (the text may repeat itself). */
static void match_until(struct live_lines *lines, uint8_t byte)
{
    size_t length = strlen(lines->until);
    size_t matched = lines->until_matched;
    while (matched > 0 && (uint8_t)lines->until[matched] != byte) {
        size_t shorter = matched - 1;
        while (shorter > 0 &&
               memcmp(lines->until, lines->until + (matched - shorter), shorter) != 0) {
            shorter--;
        }
        matched = shorter;
    }
    matched += (uint8_t)lines->until[matched] == byte ? 1 : 0;
    lines->until_matched = matched;
    if (matched == length) {
        lines->until_matched = 0;
        lines->until_found = true;
        machine_request_stop(lines->machine);
    }
}

static void on_sent(void *context, const char *device, uint8_t byte)
{
    struct live_lines *lines = context;
    const char *console = machine_view_board(lines->machine)->console;
    if (console != NULL && strcmp(console, device) != 0) {
        lines->other_bytes++;
        return;
    }
    uart_link_put(lines->link, byte);
    if (lines->until != NULL && !lines->until_found) {
        match_until(lines, byte);
    }
}

static void on_diag(void *context, const struct machine_diag *diag)
{
    const char *kind = diag->kind == DIAG_UNIMPLEMENTED ? "not modelled" : "guest error";
    live_lines_begin(context);
    fprintf(stderr, "%s: %s, register 0x%03x: %s (pc 0x%08x)\n", kind, diag->device, diag->offset,
            diag->what, diag->pc);
}

static void on_reset(void *context, uint32_t reasons)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{RESET_PIN, "reset pin"},
                 {RESET_DOG, "watchdog"},
                 {RESET_SREQ, "software request"},
                 {RESET_LOCKUP, "lockup"},
                 {RESET_OFF, "woken from System OFF"}};
    live_lines_begin(context);
    fprintf(stderr, "reset:");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((reasons & names[i].bit) != 0) {
            fprintf(stderr, " %s", names[i].name);
        }
    }
    fprintf(stderr, "\n");
}

bool live_lines_start(struct live_lines *lines, struct machine *machine, struct uart_link *link,
                      const char *until)
{
    *lines = (struct live_lines){.machine = machine, .link = link, .until = until};
    const struct machine_observer observer = {
        .note = on_note, .sent = on_sent, .diag = on_diag, .reset = on_reset, .context = lines};
    return machine_observe(machine, &observer);
}
