/* The line below everything: how the run goes, when it is, what was said; and the caption band of
 * --present. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/ui/time_text.h"
#include "sim/ui/window_internal.h"

#define STATUS_PADDING 4.0F
#define SPACE          16.0F

struct run_look {
    const char *word;
    enum theme_color paint;
};

static struct run_look look_of(const struct view_clock *clock)
{
    switch (clock->run) {
    case VIEW_RUN_GOING:
        return (struct run_look){clock->asleep ? "Running, asleep" : "Running", THEME_GOOD};
    case VIEW_RUN_PAUSED:
        return (struct run_look){"Paused", THEME_WARNING};
    case VIEW_RUN_OFF:
        return (struct run_look){"Off", THEME_TEXT_DIM};
    case VIEW_RUN_LOCKUP:
        return (struct run_look){"Locked up", THEME_BAD};
    case VIEW_RUN_PANIC:
        return (struct run_look){"Kernel panic", THEME_BAD};
    case VIEW_RUN_FINISHED:
        break;
    }
    return (struct run_look){"Finished", THEME_TEXT};
}

/* The state as a shape, beside the word: an arrow, two bars, a ring, a cross, a square. */
static void draw_sign(struct canvas *canvas, enum view_run run, float x, float y, float size,
                      color paint)
{
    const float arrow[] = {x, y, x + size, y + size / 2, x, y + size};
    switch (run) {
    case VIEW_RUN_GOING:
        canvas_polygon(canvas, arrow, 3, paint);
        break;
    case VIEW_RUN_PAUSED:
        canvas_fill(canvas, (struct rect){x, y, size * 0.35F, size}, paint);
        canvas_fill(canvas, (struct rect){x + size * 0.65F, y, size * 0.35F, size}, paint);
        break;
    case VIEW_RUN_OFF:
        canvas_ring(canvas, x + size / 2, y + size / 2, size / 2, 1.5F, paint);
        break;
    case VIEW_RUN_LOCKUP:
    case VIEW_RUN_PANIC:
        canvas_line(canvas, x, y, x + size, y + size, 2, paint);
        canvas_line(canvas, x, y + size, x + size, y, 2, paint);
        break;
    case VIEW_RUN_FINISHED:
        canvas_fill(canvas, (struct rect){x, y, size, size}, paint);
        break;
    }
}

static void format_time(const struct view_clock *clock, char *text, size_t size)
{
    if (clock->cpu_hz == 0) {
        snprintf(text, size, "no machine yet");
        return;
    }
    time_text_at(clock->now_cycles, clock->cpu_hz, 6, text, size);
}

static void format_speed(const struct view_clock *clock, char *text, size_t size)
{
    uint32_t now = clock->speed_permille;
    char wanted[32];
    if (clock->speed_wanted_permille == 0) {
        snprintf(wanted, sizeof wanted, "no limit");
    } else {
        snprintf(wanted, sizeof wanted, "wanted %g\xc3\x97",
                 (double)clock->speed_wanted_permille / 1000);
    }
    if (now >= 100000) {
        snprintf(text, size, "%u\xc3\x97 (%s)", (unsigned)(now / 1000), wanted);
    } else {
        snprintf(text, size, "%u.%02u\xc3\x97 (%s)", (unsigned)(now / 1000),
                 (unsigned)(now % 1000 / 10), wanted);
    }
}

float window_status_height(const struct canvas *canvas)
{
    return canvas_line_height(canvas, CANVAS_SANS) + 2 * STATUS_PADDING;
}

/* What the middle says: a pane's words while they are new, else what the run says. */
static const char *message_of(const struct window_view *view)
{
    if (view->said[0] != 0 && view->wall_ms - view->said_ms < WINDOW_SAID_MS) {
        return view->said;
    }
    return view->frame->clock.message;
}

/* The keys that help just now, from right to left as far as there is room; returns where they
 * begin. */
static float draw_hints(struct window_view *view, struct canvas *canvas, float right, float y,
                        float room)
{
    const color *colors = theme_get(view->theme)->colors;
    bool paused = view->frame->clock.run == VIEW_RUN_PAUSED;
    char focus[64];
    snprintf(focus, sizeof focus, "Keys go to %s", pane_list[view->layout.focus]->title);
    const struct {
        const char *text;
        color paint;
    } hints[] = {
        {"F1 all keys", colors[THEME_TEXT]},
        {paused ? "F5 go" : "F6 pause", colors[THEME_TEXT_DIM]},
        {"F10 next event", colors[THEME_TEXT_DIM]},
        {focus, colors[THEME_TEXT_DIM]},
    };
    float left = right;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        float width = canvas_text_width(canvas, CANVAS_SANS, hints[i].text);
        if (right - (left - width - SPACE) > room) {
            break;
        }
        canvas_text(canvas, CANVAS_SANS, left, y, 0, CANVAS_RIGHT, hints[i].paint, hints[i].text);
        left -= width + SPACE;
    }
    return left;
}

void window_draw_status(struct window_view *view, struct canvas *canvas, struct rect area)
{
    const color *colors = theme_get(view->theme)->colors;
    const struct view_clock *clock = &view->frame->clock;
    struct run_look look = look_of(clock);
    canvas_fill(canvas, area, colors[THEME_PANE_RAISED]);
    canvas_fill(canvas, (struct rect){area.x, area.y, area.width, 1}, colors[THEME_BORDER]);
    float y = area.y + STATUS_PADDING;
    float x = area.x + 2 * LAYOUT_GAP;
    float right = area.x + area.width - 2 * LAYOUT_GAP;
    float line = canvas_line_height(canvas, CANVAS_SANS);
    float size = roundf(line * 0.6F);
    draw_sign(canvas, clock->run, x, roundf(y + (line - size) / 2), size, colors[look.paint]);
    x += size + 8;
    x += canvas_text(canvas, CANVAS_BOLD, x, y, right - x, CANVAS_LEFT, colors[THEME_TEXT],
                     look.word);
    x += SPACE;
    char text[80];
    format_time(clock, text, sizeof text);
    if (x + canvas_text_width(canvas, CANVAS_SANS, text) > right) {
        return;
    }
    x += canvas_text(canvas, CANVAS_SANS, x, y, 0, CANVAS_LEFT, colors[THEME_TEXT], text) + SPACE;
    format_speed(clock, text, sizeof text);
    bool going = clock->cpu_hz != 0 && clock->run == VIEW_RUN_GOING;
    if (going && x + canvas_text_width(canvas, CANVAS_SANS, text) <= right) {
        x += canvas_text(canvas, CANVAS_SANS, x, y, 0, CANVAS_LEFT, colors[THEME_TEXT_DIM], text);
        x += SPACE;
    }
    if (clock->behind && x < right) {
        x += canvas_text(canvas, CANVAS_BOLD, x, y, right - x, CANVAS_LEFT, colors[THEME_WARNING],
                         "\xe2\x9a\xa0 host too slow");
        x += SPACE;
    }
    /* The message needs its room more than the hints do. */
    const char *message = message_of(view);
    float wanted = message[0] != 0 ? canvas_text_width(canvas, CANVAS_SANS, message) + SPACE : 0;
    float end = draw_hints(view, canvas, right, y, right - x - wanted);
    if (wanted > 0 && end > x) {
        canvas_text(canvas, CANVAS_SANS, x, y, end - x, CANVAS_LEFT, colors[THEME_ACCENT], message);
    }
}

void window_take_words(struct canvas *canvas, enum canvas_font font, const char **text, float width,
                       char words[WINDOW_WORDS_MAX])
{
    size_t taken = 0;
    size_t length = strlen(*text);
    for (size_t end = 1; end <= length && end < WINDOW_WORDS_MAX; end++) {
        if ((*text)[end] != ' ' && (*text)[end] != 0) {
            continue;
        }
        snprintf(words, WINDOW_WORDS_MAX, "%.*s", (int)end, *text);
        if (taken > 0 && canvas_text_width(canvas, font, words) > width) {
            break;
        }
        taken = end;
    }
    taken = taken > 0 ? taken : length;
    snprintf(words, WINDOW_WORDS_MAX, "%.*s", (int)taken, *text);
    *text += taken;
    *text += strspn(*text, " ");
}

/* In large type on one line, or smaller on two. */
static void draw_caption_words(struct canvas *canvas, struct rect area, color paint,
                               const char *words)
{
    if (canvas_text_width(canvas, CANVAS_LARGE, words) <= area.width) {
        canvas_text(canvas, CANVAS_LARGE, area.x, area.y + 2 * STATUS_PADDING, area.width,
                    CANVAS_LEFT, paint, words);
        return;
    }
    char line[WINDOW_WORDS_MAX];
    float height = canvas_line_height(canvas, CANVAS_SANS);
    window_take_words(canvas, CANVAS_SANS, &words, area.width, line);
    float lines = words[0] != 0 ? 2 : 1;
    float y = area.y + roundf((area.height - lines * height) / 2);
    canvas_text(canvas, CANVAS_SANS, area.x, y, area.width, CANVAS_LEFT, paint, line);
    canvas_text(canvas, CANVAS_SANS, area.x, y + height, area.width, CANVAS_LEFT, paint, words);
}

float window_caption_height(const struct canvas *canvas)
{
    return canvas_line_height(canvas, CANVAS_LARGE) + 4 * STATUS_PADDING;
}

void window_draw_caption(struct window_view *view, struct canvas *canvas, struct rect area)
{
    const color *colors = theme_get(view->theme)->colors;
    const struct view_clock *clock = &view->frame->clock;
    const char *message = message_of(view);
    struct run_look look = look_of(clock);
    char text[80];
    char at[40];
    canvas_fill_round(canvas, area, 6, colors[THEME_PANE_RAISED]);
    canvas_frame_round(canvas, area, 6, 1, colors[THEME_BORDER]);
    canvas_push_clip(canvas, area);
    float y = area.y + 2 * STATUS_PADDING;
    float line = canvas_line_height(canvas, CANVAS_LARGE);
    float size = roundf(line * 0.6F);
    draw_sign(canvas, clock->run, area.x + 16, roundf(y + (line - size) / 2), size,
              colors[look.paint]);
    float left = area.x + size + 32;
    float right = area.x + area.width - 16;
    snprintf(text, sizeof text, "no machine yet");
    if (clock->cpu_hz != 0) {
        snprintf(text, sizeof text, "%s   %u.%02u\xc3\x97",
                 time_text_at(clock->now_cycles, clock->cpu_hz, 3, at, sizeof at),
                 (unsigned)(clock->speed_permille / 1000),
                 (unsigned)(clock->speed_permille % 1000 / 10));
    }
    float used = canvas_text(canvas, CANVAS_LARGE, right, y, fmaxf(1, right - left), CANVAS_RIGHT,
                             colors[clock->behind ? THEME_WARNING : THEME_TEXT_DIM], text);
    float room = right - used - SPACE - left;
    const char *words = clock->behind ? "Host too slow for this speed" : look.word;
    if (room > 0) {
        draw_caption_words(canvas, (struct rect){left, area.y, room, area.height},
                           colors[THEME_TEXT], message[0] != 0 ? message : words);
    }
    canvas_pop_clip(canvas);
}
