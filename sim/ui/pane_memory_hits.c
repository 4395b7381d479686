/* Accesses that were refused, where they hit. */
#include <stdio.h>
#include <string.h>

#include "sim/ui/pane_memory_internal.h"

#define FLASH_MS    3000U /* how long a new one stands out */
#define CARD_PAD    8.0F
#define CARD_GAP    6.0F
#define MARK_HEIGHT 5.0F

void memory_note_hits(struct memory_state *state, const struct ui_context *context)
{
    uint64_t ever = context->frame->processes.hits_ever;
    if (ever != state->hits_seen) {
        state->hits_seen = ever;
        state->hit_ms = context->wall_ms;
    }
}

/* 255: it has just come; 0: long ago. */
static uint32_t freshness(const struct memory_picture *picture, const struct view_hit *hit)
{
    uint64_t age = picture->context->wall_ms - picture->state->hit_ms;
    bool newest = hit->number == picture->all->hits_ever;
    return newest && age < FLASH_MS ? 255U - (uint32_t)(age * 255U / FLASH_MS) : 0;
}

static bool is_shown(const struct memory_picture *picture, const struct view_hit *hit)
{
    return hit->address_valid && memory_map_find(&picture->state->map, hit->address) >= 0;
}

/* By the process that is shown, or into what is shown. */
static bool concerns(const struct memory_picture *picture, const struct view_hit *hit)
{
    return hit->process == picture->index || is_shown(picture, hit);
}

const struct view_hit *memory_newest_hit(const struct memory_picture *picture)
{
    for (size_t i = 0; i < picture->all->hit_count; i++) {
        if (concerns(picture, &picture->all->hits[i])) {
            return &picture->all->hits[i];
        }
    }
    return NULL;
}

void memory_write_hit(const struct memory_picture *picture, const struct view_hit *hit, char *text,
                      size_t size)
{
    const char *who = "";
    if (hit->process != picture->index) {
        bool named = hit->process >= 0 && hit->process < (int)picture->all->count;
        who = named ? picture->all->processes[hit->process].name : "kernel";
    }
    snprintf(text, size, "%s%s%s", who, who[0] == '\0' ? "" : ": ", hit->what);
}

/* ---- marks ---- */

static void draw_mark(const struct memory_picture *picture, const struct view_hit *hit)
{
    const struct rect map = picture->at.map;
    color bad = memory_color(picture, THEME_BAD);
    uint32_t fresh = freshness(picture, hit);
    float y = memory_map_y(&picture->state->map, (uint64_t)hit->address) - 0.5F;
    float right = map.x + map.width;
    float arrow[] = {right - 9, y, right, y - MARK_HEIGHT, right, y + MARK_HEIGHT};
    if (fresh > 0) {
        canvas_glow(picture->canvas, right - 4, y, 46, color_fade(bad, fresh * 3 / 4));
        canvas_fill(picture->canvas, (struct rect){map.x, y - 6, map.width, 12},
                    color_fade(bad, fresh / 5));
    }
    canvas_line(picture->canvas, map.x, y, right, y, fresh > 0 ? 2 : 1,
                color_fade(bad, fresh > 0 ? 255 : 150));
    canvas_polygon(picture->canvas, arrow, 3, bad);
}

/* Where it is in all of the chip's memory. */
static void draw_overview_mark(const struct memory_picture *picture, const struct view_hit *hit)
{
    const struct rect area = picture->at.overview;
    if (!hit->address_valid || area.width <= 0 ||
        memory_map_find(&picture->state->overview, hit->address) < 0) {
        return;
    }
    float y = memory_map_y(&picture->state->overview, hit->address);
    float arrow[] = {area.x + 7, y, area.x - 1, y - 4, area.x - 1, y + 4};
    uint32_t fresh = freshness(picture, hit);
    if (fresh > 0) {
        canvas_glow(picture->canvas, area.x + 4, y, 24,
                    color_fade(memory_color(picture, THEME_BAD), fresh * 3 / 4));
    }
    canvas_polygon(picture->canvas, arrow, 3, memory_color(picture, THEME_BAD));
}

void memory_draw_hits(const struct memory_picture *picture)
{
    for (size_t i = picture->all->hit_count; i-- > 0;) { /* the newest on top */
        const struct view_hit *hit = &picture->all->hits[i];
        if (is_shown(picture, hit)) {
            draw_mark(picture, hit);
        }
        if (concerns(picture, hit)) {
            draw_overview_mark(picture, hit);
        }
    }
}

/* ---- cards ---- */

static void write_age(const struct memory_picture *picture, const struct view_hit *hit, char *text,
                      size_t size)
{
    const struct view_clock *clock = &picture->context->frame->clock;
    uint64_t cycles = clock->now_cycles > hit->cycle ? clock->now_cycles - hit->cycle : 0;
    uint64_t ms = clock->cpu_hz == 0 ? 0 : cycles * 1000 / clock->cpu_hz;
    if (ms < 1000) {
        snprintf(text, size, "%u ms ago", (unsigned)ms);
    } else {
        snprintf(text, size, "%s s ago", process_number(ms / 1000).text);
    }
}

/* What it did, to whose memory, why that is refused, and which code it was. */
static size_t card_lines(const struct view_hit *hit, const char *lines[3])
{
    size_t count = 0;
    const char *all[] = {hit->whose, hit->why, hit->where};
    for (size_t i = 0; i < 3; i++) {
        if (all[i][0] != '\0') {
            lines[count++] = all[i];
        }
    }
    return count;
}

static float card_height(const struct memory_picture *picture, const struct view_hit *hit)
{
    const char *lines[3];
    return canvas_line_height(picture->canvas, CANVAS_SANS) +
           (float)card_lines(hit, lines) * (canvas_line_height(picture->canvas, CANVAS_SMALL) + 2) +
           2 * CARD_PAD;
}

/* From the card to the place in the map. */
static void draw_link(const struct memory_picture *picture, const struct view_hit *hit, float y,
                      size_t card)
{
    float from = picture->at.map.x + picture->at.map.width;
    float to = picture->at.notes.x;
    float at = memory_map_y(&picture->state->map, hit->address);
    color ink = color_fade(memory_color(picture, THEME_BAD), 190);
    float corner = to - 4 - 4 * (float)(card < 3 ? card : 3); /* no line over another */
    canvas_line(picture->canvas, from, at, corner, at, 1, ink);
    canvas_line(picture->canvas, corner, at, corner, y, 1, ink);
    canvas_line(picture->canvas, corner, y, to, y, 1, ink);
}

static size_t shortest_line(const struct memory_picture *picture, const char *const lines[3],
                            size_t count)
{
    size_t shortest = 0;
    float width = 0;
    for (size_t i = 0; i < count; i++) {
        float here = canvas_text_width(picture->canvas, CANVAS_SMALL, lines[i]);
        if (i == 0 || here < width) {
            shortest = i;
            width = here;
        }
    }
    return shortest;
}

static void draw_card(const struct memory_picture *picture, const struct view_hit *hit,
                      struct rect box)
{
    char age[64];
    char title[128];
    const char *lines[3];
    uint32_t fresh = freshness(picture, hit);
    color bad = memory_color(picture, THEME_BAD);
    float line = canvas_line_height(picture->canvas, CANVAS_SANS);
    float small = canvas_line_height(picture->canvas, CANVAS_SMALL) + 2;
    float inner = box.width - 2 * CARD_PAD - 4;
    float x = box.x + CARD_PAD + 4;
    canvas_fill_round(picture->canvas, box, 4, memory_color(picture, THEME_PANE_RAISED));
    canvas_fill_round(picture->canvas, box, 4, color_fade(bad, fresh / 5));
    canvas_fill_round(picture->canvas, (struct rect){box.x, box.y, 4, box.height}, 2,
                      color_fade(bad, fresh > 0 ? 255 : 150));
    write_age(picture, hit, age, sizeof age);
    memory_write_hit(picture, hit, title, sizeof title);
    canvas_text(picture->canvas, CANVAS_BOLD, x, box.y + CARD_PAD, inner, CANVAS_LEFT,
                memory_color(picture, THEME_TEXT), title);
    float y = box.y + CARD_PAD + line;
    size_t count = card_lines(hit, lines);
    size_t aged = shortest_line(picture, lines, count); /* the age has room beside it */
    for (size_t i = 0; i < count; i++) {
        float room = i == aged ? canvas_text_width(picture->canvas, CANVAS_SMALL, age) + 12 : 0;
        canvas_text(picture->canvas, CANVAS_SMALL, x, y, inner - room, CANVAS_LEFT,
                    lines[i] == hit->why ? bad : memory_color(picture, THEME_TEXT_DIM), lines[i]);
        if (i == aged) {
            canvas_text(picture->canvas, CANVAS_SMALL, x + inner, y, 0, CANVAS_RIGHT,
                        memory_color(picture, THEME_TEXT_DIM), age);
        }
        y += small;
    }
}

float memory_draw_cards(const struct memory_picture *picture, float y, float bottom)
{
    const struct rect notes = picture->at.notes;
    size_t cards = 0;
    if (notes.width <= 0) {
        return y;
    }
    for (size_t i = 0; i < picture->all->hit_count; i++) {
        const struct view_hit *hit = &picture->all->hits[i];
        if (!concerns(picture, hit)) {
            continue;
        }
        struct rect box = {notes.x, y, notes.width, card_height(picture, hit)};
        if (box.y + box.height > bottom) {
            break;
        }
        if (is_shown(picture, hit)) {
            draw_link(picture, hit, box.y + CARD_PAD + 8, cards);
        }
        draw_card(picture, hit, box);
        cards++;
        y += box.height + CARD_GAP;
    }
    return y;
}
