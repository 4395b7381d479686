#include "sim/cli/live_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/duration.h"

#define NOTE_LINES_MAX  200U /* a second; a pin can change sixteen million times */
#define RESET_LINES_MAX 20U  /* a guest can reset a million times a second */

#define PAUSE_NS 20000000U /* a line that the guest leaves open for so long is a prompt */

FILE *live_lines_begin(struct live_lines *lines)
{
    const struct clock *clock = machine_clock(lines->machine);
    uint64_t microseconds = duration_from_cycles(clock_now(clock), clock->cpu_hz) / 1000;
    fprintf(lines->waiting, "[%4" PRIu64 ".%06" PRIu64 "] ", microseconds / 1000000,
            microseconds % 1000000);
    if (lines->link->prefix != NULL) {
        fprintf(lines->waiting, "%s: ", lines->link->prefix);
    }
    return lines->waiting;
}

static void print_waiting(struct live_lines *lines)
{
    fflush(lines->waiting);
    if (lines->text_bytes > 0) {
        uart_link_start_line(lines->link);
        fwrite(lines->text, 1, lines->text_bytes, lines->out);
        rewind(lines->waiting);
        fflush(lines->waiting); /* the text is empty again */
    }
}

void live_lines_settle(struct live_lines *lines, bool all)
{
    const struct clock *clock = machine_clock(lines->machine);
    uint64_t pause = duration_to_cycles(PAUSE_NS, clock->cpu_hz);
    if (all || lines->link->at_line_start || clock_now(clock) - lines->sent_cycle > pause) {
        print_waiting(lines);
    }
}

void live_lines_end(struct live_lines *lines)
{
    live_lines_settle(lines, false);
}

/* False: too many in this second of virtual time. The last that is shown says so. */
static bool may_note(struct live_lines *lines, bool *last)
{
    const struct clock *clock = machine_clock(lines->machine);
    uint64_t second = clock_now(clock) / clock->cpu_hz;
    lines->notes = second == lines->note_second ? lines->notes + 1 : 1;
    lines->note_second = second;
    *last = lines->notes == NOTE_LINES_MAX;
    return lines->notes <= NOTE_LINES_MAX;
}

/* Notes that say nothing without their value. */
static bool is_measure(const char *what)
{
    static const char *const measures[] = {"millivolts", "position", "tone"};
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++) {
        if (strcmp(what, measures[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void on_note(void *context, const char *device, const char *what, int32_t value)
{
    bool last = false;
    if (may_note(context, &last)) {
        FILE *stream = live_lines_begin(context);
        fprintf(stream, "%s %s", device, what);
        if (is_measure(what)) {
            fprintf(stream, " %d", (int)value);
        }
        fprintf(stream, "%s\n",
                last ? "; no more such lines in this second (--trace has them all)" : "");
        live_lines_end(context);
    }
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

static void take_byte(struct live_lines *lines, uint8_t byte)
{
    uart_link_put(lines->link, byte);
    lines->sent_cycle = clock_now(machine_clock(lines->machine));
    if (byte == '\n') {
        print_waiting(lines);
    }
    if (lines->until != NULL && !lines->until_found) {
        match_until(lines, byte);
    }
}

static void on_sent(void *context, const char *device, uint8_t byte)
{
    struct live_lines *lines = context;
    const char *console = machine_view_board(lines->machine)->console;
    if (console != NULL && strcmp(console, device) != 0) {
        return; /* another serial device: only the trace has its bytes */
    }
    take_byte(lines, byte);
}

void live_lines_console(void *context, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        take_byte(context, (uint8_t)bytes[i]);
    }
}

static void on_diag(void *context, const struct machine_diag *diag)
{
    const char *kind = diag->kind == DIAG_UNIMPLEMENTED ? "not modelled" : "guest error";
    fprintf(live_lines_begin(context), "%s: %s, register 0x%03x: %s (pc 0x%08x)\n", kind,
            diag->device, diag->offset, diag->what, diag->pc);
    live_lines_end(context);
}

static void on_refused(void *context, const char *device, const char *what)
{
    fprintf(live_lines_begin(context), "%s does not know the input '%s'\n", device, what);
    live_lines_end(context);
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
    struct live_lines *lines = context;
    lines->resets++;
    if (lines->resets > RESET_LINES_MAX) {
        return;
    }
    FILE *stream = live_lines_begin(lines);
    fprintf(stream, "reset:%s", reasons == RESET_POWER_ON ? " power-on" : "");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((reasons & names[i].bit) != 0) {
            fprintf(stream, " %s", names[i].name);
        }
    }
    fprintf(stream, "%s\n",
            lines->resets == RESET_LINES_MAX ? "; further resets are only counted" : "");
    live_lines_end(lines);
}

static bool start(struct live_lines *lines)
{
    const struct machine_observer observer = {.note = on_note,
                                              .sent = on_sent,
                                              .diag = on_diag,
                                              .refused = on_refused,
                                              .reset = on_reset,
                                              .context = lines};
    lines->waiting = open_memstream(&lines->text, &lines->text_bytes);
    return lines->waiting != NULL && machine_observe(lines->machine, &observer);
}

bool live_lines_start(struct live_lines *lines, struct machine *machine, struct uart_link *link,
                      const char *until)
{
    *lines = (struct live_lines){.machine = machine, .link = link, .out = stderr, .until = until};
    return start(lines);
}

bool live_lines_start_into(struct live_lines *lines, struct machine *machine,
                           struct uart_link *link, FILE *out)
{
    *lines = (struct live_lines){.machine = machine, .link = link, .out = out};
    return start(lines);
}

void live_lines_close(struct live_lines *lines)
{
    if (lines->waiting != NULL) {
        print_waiting(lines);
        fclose(lines->waiting);
        free(lines->text);
        lines->waiting = NULL;
    }
}
