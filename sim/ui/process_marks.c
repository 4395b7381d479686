#include "sim/ui/process_marks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 32U /* of 64 bits, with commas */

struct process_text process_number(uint64_t value)
{
    char digits[24];
    struct process_text out;
    int count = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t at = 0;
    for (int i = 0; i < count && at + 2 < DIGITS_MAX; i++) {
        if (i > 0 && (count - i) % 3 == 0) {
            out.text[at++] = ',';
        }
        out.text[at++] = digits[i];
    }
    out.text[at] = '\0';
    return out;
}

struct process_text process_bytes(uint64_t bytes)
{
    struct process_text out;
    if (bytes >= 10240 && bytes % 1024 == 0) {
        snprintf(out.text, sizeof out.text, "%.31s kB", process_number(bytes / 1024).text);
    } else {
        snprintf(out.text, sizeof out.text, "%.31s %s", process_number(bytes).text,
                 bytes == 1 ? "byte" : "bytes");
    }
    return out;
}

struct process_text process_size(uint64_t bytes)
{
    struct process_text out;
    bool whole = bytes >= 1024 && bytes % 1024 == 0;
    snprintf(out.text, sizeof out.text, "%.31s %s",
             process_number(whole ? bytes / 1024 : bytes).text, whole ? "kB" : "B");
    return out;
}

struct process_text process_percent(uint32_t permille)
{
    struct process_text out;
    snprintf(out.text, sizeof out.text, "%u.%u %%", permille / 10, permille % 10);
    return out;
}

/* The process that faulted last, else the first one. */
static int find_faulted(const struct view_processes *processes)
{
    for (size_t i = 0; i < processes->hit_count; i++) {
        int process = processes->hits[i].process;
        if (process >= 0 && process < (int)processes->count) {
            return process;
        }
    }
    return 0;
}

int process_selected(const struct ui_context *context, const int *own)
{
    const int *choice = context->selected_process != NULL ? context->selected_process : own;
    int count = (int)context->frame->processes.count;
    if (count == 0) {
        return -1;
    }
    if (*choice < 0) {
        return find_faulted(&context->frame->processes);
    }
    return *choice < count ? *choice : count - 1;
}

void process_select(const struct ui_context *context, int *own, int index)
{
    if (index >= 0 && index < (int)context->frame->processes.count) {
        *(context->selected_process != NULL ? context->selected_process : own) = index;
    }
}

void process_select_next(const struct ui_context *context, int *own, int step)
{
    int count = (int)context->frame->processes.count;
    if (count > 0) {
        process_select(context, own, (process_selected(context, own) + step + count) % count);
    }
}

enum state {
    STATE_OTHER,
    STATE_RUNNING,
    STATE_YIELDED,
    STATE_YIELDED_FOR,
    STATE_STOPPED,
    STATE_FAULTED,
    STATE_TERMINATED,
};

static enum state state_of(const struct view_process *process)
{
    static const char *const names[] = {
        [STATE_OTHER] = "",
        [STATE_RUNNING] = "Running",
        [STATE_YIELDED] = "Yielded",
        [STATE_YIELDED_FOR] = "YieldedFor",
        [STATE_STOPPED] = "Stopped",
        [STATE_FAULTED] = "Faulted",
        [STATE_TERMINATED] = "Terminated",
    };
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], process->state) == 0) {
            return (enum state)i;
        }
    }
    return STATE_OTHER;
}

const char *process_state_words(const struct view_process *process)
{
    return state_of(process) == STATE_YIELDED_FOR ? "Yielded-For" : process->state;
}

color process_state_color(const struct theme *theme, const struct view_process *process)
{
    switch (state_of(process)) {
    case STATE_RUNNING:
        return theme->colors[THEME_GOOD];
    case STATE_FAULTED:
        return theme->colors[THEME_BAD];
    case STATE_STOPPED:
        return theme->colors[THEME_WARNING];
    case STATE_YIELDED:
    case STATE_YIELDED_FOR:
    case STATE_TERMINATED:
    case STATE_OTHER:
        break;
    }
    return theme->colors[THEME_TEXT_DIM];
}

void process_draw_state(struct canvas *canvas, const struct theme *theme, float x, float y,
                        float size, const struct view_process *process)
{
    color paint = process_state_color(theme, process);
    float middle_x = x + size / 2;
    float middle_y = y + size / 2;
    float play[] = {x + size * 0.15F, y, x + size, middle_y, x + size * 0.15F, y + size};
    switch (state_of(process)) {
    case STATE_RUNNING:
        canvas_polygon(canvas, play, 3, process->running ? paint : color_fade(paint, 90));
        break;
    case STATE_YIELDED:
        canvas_ring(canvas, middle_x, middle_y, size / 2, 1.5F, paint);
        break;
    case STATE_YIELDED_FOR:
        canvas_ring(canvas, middle_x, middle_y, size / 2, 1.5F, paint);
        canvas_circle(canvas, middle_x, middle_y, size / 5, paint);
        break;
    case STATE_STOPPED:
        canvas_fill(canvas, (struct rect){x + size * 0.1F, y, size * 0.28F, size}, paint);
        canvas_fill(canvas, (struct rect){x + size * 0.62F, y, size * 0.28F, size}, paint);
        break;
    case STATE_FAULTED:
        canvas_line(canvas, x, y, x + size, y + size, 2, paint);
        canvas_line(canvas, x, y + size, x + size, y, 2, paint);
        break;
    case STATE_TERMINATED:
        canvas_frame(canvas, (struct rect){x + 0.5F, y + 0.5F, size - 1, size - 1}, 1.5F, paint);
        break;
    case STATE_OTHER:
        canvas_circle(canvas, middle_x, middle_y, size / 4, paint);
        break;
    }
}

const char *process_span_name(const struct view_span *span, char *text, size_t size)
{
    static const char *const names[] = {
        [VIEW_SPAN_STACK_USED] = "stack, in use",
        [VIEW_SPAN_STACK_DEEPEST] = "stack, deepest",
        [VIEW_SPAN_STACK_FREE] = "stack, unused",
        [VIEW_SPAN_DATA] = "data",
        [VIEW_SPAN_HEAP] = "heap",
        [VIEW_SPAN_GAP] = "gap",
        [VIEW_SPAN_GRANT] = "grant",
        [VIEW_SPAN_KERNEL] = "kernel's record",
        [VIEW_SPAN_APP_HEADER] = "header",
        [VIEW_SPAN_APP_CODE] = "code and constants",
        [VIEW_SPAN_OPEN] = "open",
        [VIEW_SPAN_CLOSED] = "closed",
        [VIEW_SPAN_APP_TRAILER] = "protected trailer",
        [VIEW_SPAN_APP_FOOTER] = "footers",
        [VIEW_SPAN_PROCESS] = "process",
        [VIEW_SPAN_FREE] = "free",
    };
    if (span->kind == VIEW_SPAN_GRANT && strcmp(span->label, "free") == 0) {
        snprintf(text, size, "grants, given back");
    } else if (span->kind == VIEW_SPAN_GRANT) {
        snprintf(text, size, "grant of %s", span->label);
    } else if (span->label[0] != '\0') {
        snprintf(text, size, "%s", span->label);
    } else {
        snprintf(text, size, "%s", names[span->kind]);
    }
    return text;
}

color process_span_color(const struct theme *theme, const struct view_span *span)
{
    switch (span->kind) {
    case VIEW_SPAN_STACK_USED:
    case VIEW_SPAN_STACK_DEEPEST:
    case VIEW_SPAN_STACK_FREE:
        return theme->colors[THEME_STACK];
    case VIEW_SPAN_DATA:
    case VIEW_SPAN_OPEN:
        return theme->colors[THEME_DATA];
    case VIEW_SPAN_HEAP:
        return theme->colors[THEME_HEAP];
    case VIEW_SPAN_GRANT:
        return theme->colors[strcmp(span->label, "free") == 0 ? THEME_GAP : THEME_GRANT];
    case VIEW_SPAN_KERNEL:
    case VIEW_SPAN_APP_HEADER:
    case VIEW_SPAN_APP_TRAILER:
        return theme->colors[THEME_KERNEL];
    case VIEW_SPAN_APP_CODE:
        return theme->colors[THEME_CODE];
    case VIEW_SPAN_APP_FOOTER:
        return theme->colors[THEME_GRANT];
    case VIEW_SPAN_PROCESS:
        return theme_process(theme, (uint32_t)span->process);
    case VIEW_SPAN_GAP:
    case VIEW_SPAN_CLOSED:
    case VIEW_SPAN_FREE:
        break;
    }
    return theme->colors[THEME_GAP];
}
