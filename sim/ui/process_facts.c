#include "sim/ui/process_facts.h"

#include <stdio.h>
#include <string.h>

#include "sim/ui/process_marks.h"

struct facts {
    struct canvas *canvas;
    const struct ui_context *context;
};

static color ink(const struct facts *facts, enum theme_color which)
{
    return facts->context->theme->colors[which];
}

static void write_upcalls(const struct view_process *process, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < process->upcalls_waiting && i < VIEW_UPCALLS_MAX && at < size; i++) {
        at += (size_t)snprintf(text + at, size - at, "%s%s %u", i == 0 ? "" : ", ",
                               process->upcalls[i].driver, process->upcalls[i].number);
    }
    if (process->upcalls_waiting == 0) {
        snprintf(text, size, "none");
    } else if (process->upcalls_dropped > 0 && at < size) {
        snprintf(text + at, size - at, "; %u lost", process->upcalls_dropped);
    }
}

static void write_call(const struct facts *facts, const struct view_process *process, char *text,
                       size_t size)
{
    const struct view_names *names = facts->context->frame->timeline.names;
    const struct view_call *call = &process->last_call;
    struct view_event event = {.number = call->call_class};
    if (!call->known) {
        snprintf(text, size, "none");
    } else if (names != NULL) {
        memcpy(event.value, call->argument, sizeof event.value);
        view_names_call(names, &event, text, size);
    } else {
        snprintf(text, size, "%s (0x%x, 0x%x, 0x%x, 0x%x)", view_class_name(call->call_class),
                 call->argument[0], call->argument[1], call->argument[2], call->argument[3]);
    }
}

static void write_classes(const struct view_process *process, char *text, size_t size)
{
    size_t at = (size_t)snprintf(text, size, "%s", process_number(process->calls).text);
    for (uint32_t i = 0; i < VIEW_CLASSES && at < size; i++) {
        if (process->calls_of_class[i] > 0) {
            at += (size_t)snprintf(text + at, size - at, "%s%s %s", i == 0 ? ": " : ", ",
                                   view_class_name(i),
                                   process_number(process->calls_of_class[i]).text);
        }
    }
}

static void write_stack(const struct view_process *process, char *text, size_t size)
{
    if (process->stack_top == 0) {
        snprintf(text, size, "not known");
        return;
    }
    uint32_t now = process->stack_pointer == 0 ? 0 : process->stack_top - process->stack_pointer;
    snprintf(text, size, "%.31s in use, %.31s at most, of %.31s", process_number(now).text,
             process_number(process->stack_top - process->stack_deepest).text,
             process_bytes(process->stack_top - process->ram_start).text);
}

static void write_places(const struct view_process *process, char *text, size_t size)
{
    size_t at = 0;
    if (process->ram_bytes != 0) {
        at = (size_t)snprintf(text, size, "RAM 0x%08x, %.31s; ", process->ram_start,
                              process_bytes(process->ram_bytes).text);
    }
    snprintf(text + at, size - at, "flash 0x%08x, %.31s", process->flash_start,
             process_bytes(process->flash_bytes).text);
}

static float draw_fact(const struct facts *facts, struct rect area, float y, const char *what,
                       const char *text)
{
    float line = canvas_line_height(facts->canvas, CANVAS_SANS) + 3;
    float label = canvas_text_width(facts->canvas, CANVAS_SMALL, "completion code") + 12;
    if (y + line > area.y + area.height) {
        return y;
    }
    canvas_text(facts->canvas, CANVAS_SMALL, area.x, y + 2, label, CANVAS_LEFT,
                ink(facts, THEME_TEXT_DIM), what);
    canvas_text(facts->canvas, CANVAS_SANS, area.x + label, y, area.width - label, CANVAS_LEFT,
                ink(facts, THEME_TEXT), text);
    return y + line;
}

void process_draw_facts(struct canvas *canvas, const struct ui_context *context, int index,
                        struct rect area)
{
    const struct facts whole = {canvas, context};
    const struct facts *facts = &whole;
    const struct view_processes *all = &context->frame->processes;
    const struct view_process *process = &all->processes[index];
    const struct view_hit *hit = NULL;
    char text[320];
    float y = area.y;
    for (size_t i = 0; i < all->hit_count && hit == NULL; i++) {
        const struct view_hit *here = &all->hits[i];
        hit = here->process == index ? here : NULL;
    }
    if (hit != NULL) {
        snprintf(text, sizeof text, "%s%s%s", hit->what, hit->why[0] == '\0' ? "" : ": ", hit->why);
        y = draw_fact(facts, area, y, "last fault", text);
    }
    write_call(facts, process, text, sizeof text);
    y = draw_fact(facts, area, y, "last call", text);
    write_upcalls(process, text, sizeof text);
    y = draw_fact(facts, area, y, "upcalls waiting", text);
    write_stack(process, text, sizeof text);
    y = draw_fact(facts, area, y, "stack", text);
    write_classes(process, text, sizeof text);
    y = draw_fact(facts, area, y, "calls", text);
    write_places(process, text, sizeof text);
    y = draw_fact(facts, area, y, "where", text);
    if (strcmp(process->state, "Terminated") == 0) {
        snprintf(text, sizeof text, "%u", process->completion_code);
        draw_fact(facts, area, y, "completion code", text);
    }
}
