/* The memory of one process (and, in small, of the chip), with the MPU's regions over it. */
#include <stdio.h>
#include <string.h>

#include "sim/ui/pane_memory_internal.h"
#include "sim/ui/panes.h"

#define ROW_PAD         3.0F /* around a label in the smallest row */
#define GAP             8.0F
#define OVERVIEW        52.0F
#define LENS            20.0F
#define MAP_MIN         150.0F
#define MAP_MAX         300.0F
#define NOTES_MIN       174.0F
#define NOTES_MAX       330.0F
#define WIDE            460.0F
#define MIDDLE          370.0F /* from here on there is an overview */
#define OVERVIEW_NARROW 36.0F
#define LENS_NARROW     10.0F
#define ADDRESS_DIGITS  8
#define SHORT_DIGITS    4
#define TALL            330.0F /* from here on there are two lines at the foot */

/* ---- what is shown ---- */

static const struct mpu_state *choose_mpu(const struct memory_picture *picture)
{
    if (picture->state->in_force || picture->process == NULL) {
        return &picture->all->mpu;
    }
    return picture->process->mpu_known ? &picture->process->mpu : NULL;
}

/* RNR only says which region is written next. */
static bool is_same_mpu(const struct mpu_state *one, const struct mpu_state *other)
{
    return one->ctrl == other->ctrl && memcmp(one->rbar, other->rbar, sizeof one->rbar) == 0 &&
           memcmp(one->rasr, other->rasr, sizeof one->rasr) == 0;
}

static struct memory_picture make_picture(struct memory_state *state, struct canvas *canvas,
                                          const struct ui_context *context)
{
    const struct view_processes *all = &context->frame->processes;
    struct memory_picture picture = {.state = state,
                                     .canvas = canvas,
                                     .context = context,
                                     .theme = context->theme,
                                     .all = all,
                                     .index = process_selected(context, &state->own_selected)};
    if (picture.index >= 0) {
        picture.process = &all->processes[picture.index];
        picture.spans = state->flash ? picture.process->flash : picture.process->ram;
        picture.span_count =
            state->flash ? picture.process->flash_count : picture.process->ram_count;
    } else { /* no processes: the chip's memory */
        picture.spans = state->flash ? all->flash : all->ram;
        picture.span_count = state->flash ? all->flash_count : all->ram_count;
    }
    picture.mpu = choose_mpu(&picture);
    picture.mpu_is_now = picture.mpu != NULL && is_same_mpu(picture.mpu, &all->mpu);
    return picture;
}

/* ---- where it is ---- */

/* How many of the last digits differ in what is shown. */
static int count_digits(const struct memory_picture *picture)
{
    if (picture->span_count == 0) {
        return ADDRESS_DIGITS;
    }
    const struct view_span *last = &picture->spans[picture->span_count - 1];
    uint32_t differ = picture->spans[0].address ^ (last->address + last->bytes);
    int digits = SHORT_DIGITS;
    while (digits < ADDRESS_DIGITS && differ >> (4 * digits) != 0) {
        digits++;
    }
    return digits;
}

static void place_columns(struct memory_picture *picture, struct rect body)
{
    struct memory_places *at = &picture->at;
    struct canvas *canvas = picture->canvas;
    float small = canvas_line_height(canvas, CANVAS_SMALL);
    float x = body.x;
    float right = body.x + body.width;
    bool wide = body.width >= WIDE;
    at->digits = wide ? ADDRESS_DIGITS : count_digits(picture);
    float addresses = canvas_text_width(canvas, CANVAS_MONO, "0") *
                          (float)(at->digits == ADDRESS_DIGITS ? at->digits : at->digits + 1) +
                      16;
    addresses += canvas_text_width(canvas, CANVAS_SMALL, "break") + 8;
    float may = canvas_text_width(canvas, CANVAS_SMALL, "RWX") + 8;
    float lanes = (float)memory_count_lanes(picture) * memory_lane_width(canvas);
    if (body.width >= MIDDLE && picture->index >= 0) {
        float overview = wide ? OVERVIEW : OVERVIEW_NARROW;
        float lens = wide ? LENS : LENS_NARROW;
        at->overview = (struct rect){x + 3, body.y, overview, body.height};
        at->lens = (struct rect){x + 3 + overview + 3, body.y, lens, body.height};
        x = at->lens.x + lens;
    }
    at->addresses = (struct rect){x, body.y, addresses, body.height};
    x += addresses;
    float fixed = may + 4 + (lanes > 0 ? lanes + 4 : 0);
    float free_width = right - x - fixed;
    float notes = free_width - MAP_MIN - GAP * 2;
    if (notes >= NOTES_MIN) {
        notes = notes < NOTES_MAX ? notes : NOTES_MAX;
        at->notes = (struct rect){right - notes, body.y - 2 * small - 6, notes,
                                  body.height + 2 * small + 6};
        free_width -= notes + GAP * 2;
    }
    float map = free_width > MAP_MAX && at->notes.width > 0 ? MAP_MAX : free_width;
    at->map = (struct rect){x, body.y, map > 40 ? map : 40, body.height};
    if (at->notes.width > 0) { /* what is left over is the notes' */
        float used = at->map.x + at->map.width + fixed + GAP * 2;
        at->notes.width = right - used < NOTES_MAX + 90 ? right - used : NOTES_MAX + 90;
        at->notes.x = used;
    }
    at->may = (struct rect){at->map.x + at->map.width + 2, body.y, may, body.height};
    at->lanes = (struct rect){at->may.x + may + 6, body.y, lanes, body.height};
}

static void place(struct memory_picture *picture, struct rect area)
{
    struct memory_places *at = &picture->at;
    struct canvas *canvas = picture->canvas;
    float sans = canvas_line_height(canvas, CANVAS_SANS);
    float small = canvas_line_height(canvas, CANVAS_SMALL);
    float button = canvas_text_width(canvas, CANVAS_SANS, "Flash") + 20;
    at->head = (struct rect){area.x, area.y, area.width, sans + 8};
    at->flash_button = (struct rect){area.x + area.width - button, area.y, button, sans + 6};
    at->ram_button = (struct rect){at->flash_button.x - button, area.y, button, sans + 6};
    float foot = area.height >= TALL ? sans + small + 6 : sans + 6;
    at->foot = (struct rect){area.x, area.y + area.height - foot, area.width, foot};
    float top = at->head.y + at->head.height + 2 * small + 12;
    float bottom = at->foot.y - 8;
    struct rect body = {area.x, top, area.width, bottom > top + 20 ? bottom - top : 20};
    place_columns(picture, body);
    picture->state->places = *at;
}

static void lay_out(struct memory_picture *picture)
{
    struct memory_state *state = picture->state;
    const struct rect map = picture->at.map;
    const struct rect overview = picture->at.overview;
    float row = canvas_line_height(picture->canvas, CANVAS_SMALL) + ROW_PAD;
    state->zoom = state->zoom < 1                 ? 1
                  : state->zoom > MEMORY_ZOOM_MAX ? MEMORY_ZOOM_MAX
                                                  : state->zoom;
    float height = map.height * state->zoom;
    float most = height - map.height;
    state->scroll = state->scroll < 0 ? 0 : state->scroll > most ? most : state->scroll;
    memory_map_lay_out(&state->map, picture->spans, picture->span_count, map.y - state->scroll,
                       height, row);
    memory_map_lay_out(&state->overview, state->flash ? picture->all->flash : picture->all->ram,
                       state->flash ? picture->all->flash_count : picture->all->ram_count,
                       overview.y, overview.height, 5);
}

/* ---- head and foot ---- */

static void draw_button(const struct memory_picture *picture, struct rect box, const char *text,
                        bool on)
{
    float line = canvas_line_height(picture->canvas, CANVAS_SANS);
    if (on) {
        canvas_fill_round(picture->canvas, box, 4, memory_color(picture, THEME_ACCENT));
    } else {
        canvas_frame_round(picture->canvas, box, 4, 1, memory_color(picture, THEME_BORDER));
    }
    canvas_text(picture->canvas, CANVAS_SANS, box.x + box.width / 2,
                box.y + (box.height - line) / 2, 0, CANVAS_CENTRE,
                memory_color(picture, on ? THEME_TEXT_ON_ACCENT : THEME_TEXT), text);
}

static void draw_head(const struct memory_picture *picture)
{
    const struct rect head = picture->at.head;
    char text[96];
    float x = head.x;
    float limit = picture->at.ram_button.x - 8;
    draw_button(picture, picture->at.ram_button, "RAM", !picture->state->flash);
    draw_button(picture, picture->at.flash_button, "Flash", picture->state->flash);
    if (picture->process == NULL) {
        canvas_text(picture->canvas, CANVAS_BOLD, x, head.y + 2, limit - x, CANVAS_LEFT,
                    memory_color(picture, THEME_TEXT), "No processes");
        return;
    }
    float line = canvas_line_height(picture->canvas, CANVAS_SANS);
    canvas_fill_round(picture->canvas, (struct rect){x, head.y + 4, 10, line - 4}, 2,
                      theme_process(picture->theme, (uint32_t)picture->index));
    x += 16;
    x += canvas_text(picture->canvas, CANVAS_BOLD, x, head.y + 2, limit - x, CANVAS_LEFT,
                     memory_color(picture, THEME_TEXT), picture->process->name) +
         12;
    if (x + 60 > limit) {
        return;
    }
    process_draw_state(picture->canvas, picture->theme, x, head.y + 2 + (line - 10) / 2, 10,
                       picture->process);
    x += 16;
    uint32_t bytes =
        picture->state->flash ? picture->process->flash_bytes : picture->process->ram_bytes;
    snprintf(text, sizeof text, "%s · %s of %s", process_state_words(picture->process),
             process_bytes(bytes).text, picture->state->flash ? "flash" : "RAM");
    if (x + canvas_text_width(picture->canvas, CANVAS_SANS, text) > limit) {
        snprintf(text, sizeof text, "%s", process_state_words(picture->process));
    }
    canvas_text(picture->canvas, CANVAS_SANS, x, head.y + 2, limit - x, CANVAS_LEFT,
                memory_color(picture, THEME_TEXT_DIM), text);
}

static void draw_captions(const struct memory_picture *picture)
{
    float small = canvas_line_height(picture->canvas, CANVAS_SMALL);
    color dim = memory_color(picture, THEME_TEXT_DIM);
    const struct memory_places *at = &picture->at;
    float y = at->map.y - small - 6;
    if (at->overview.width > 0) {
        canvas_text(picture->canvas, CANVAS_SMALL, at->overview.x, y, OVERVIEW + LENS, CANVAS_LEFT,
                    dim, picture->state->flash ? "all flash" : "all RAM");
    }
    canvas_text(picture->canvas, CANVAS_SMALL, at->map.x, y, at->map.width, CANVAS_LEFT, dim,
                picture->index < 0 ? "the chip" : "what it is");
    canvas_text(picture->canvas, CANVAS_SMALL, at->may.x + at->may.width / 2, y, 0, CANVAS_CENTRE,
                dim, "may");
}

/* One thing, and what is more to say: beside it, or below where there is room. */
static void write_foot(const struct memory_picture *picture, color paint, const char *text,
                       const char *more)
{
    const struct rect foot = picture->at.foot;
    struct canvas *canvas = picture->canvas;
    color dim = memory_color(picture, THEME_TEXT_DIM);
    float line = canvas_line_height(canvas, CANVAS_SANS);
    float y = foot.y + 4;
    float width = canvas_text(canvas, CANVAS_SANS, foot.x, y, foot.width, CANVAS_LEFT, paint, text);
    if (foot.height > 1.5F * line) {
        canvas_text(canvas, CANVAS_SMALL, foot.x, y + line, foot.width, CANVAS_LEFT, dim, more);
    } else if (foot.width - width > 40) {
        canvas_text(canvas, CANVAS_SMALL, foot.x + width + 12, y + 2, foot.width - width - 12,
                    CANVAS_LEFT, dim, more);
    }
}

/* What lies at an address and what the MPU says about it. */
static void draw_words(const struct memory_picture *picture, const struct view_span *span,
                       uint32_t address, bool whole)
{
    char name[64];
    char mpu[96] = "";
    char text[256];
    process_span_name(span, name, sizeof name);
    if (picture->mpu != NULL) {
        view_mpu_describe(picture->mpu, address, mpu, sizeof mpu);
    }
    if (whole) {
        snprintf(text, sizeof text, "%s, 0x%08x to 0x%08x, %s", name, span->address,
                 span->address + (span->bytes - 1), process_bytes(span->bytes).text);
    } else {
        snprintf(text, sizeof text, "0x%08x: %s", address, name);
    }
    write_foot(picture, memory_color(picture, THEME_TEXT), text, mpu);
}

static void draw_legend(const struct memory_picture *picture)
{
    const struct rect foot = picture->at.foot;
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL);
    float y = foot.y + foot.height - line - 2;
    color dim = memory_color(picture, THEME_TEXT_DIM);
    struct rect box = {foot.x, y + 1, 18, line - 2};
    canvas_frame(picture->canvas, box, 1, memory_color(picture, THEME_BORDER));
    canvas_hatch(picture->canvas, box, 5, color_fade(memory_color(picture, THEME_TEXT), 110));
    float x = box.x + box.width + 6;
    x += canvas_text(picture->canvas, CANVAS_SMALL, x, y, foot.x + foot.width - x, CANVAS_LEFT, dim,
                     "closed to the process") +
         24;
    if (x + 180 > foot.x + foot.width) {
        return;
    }
    memory_draw_break(picture, x, y + line / 2 - 3);
    canvas_text(picture->canvas, CANVAS_SMALL, x + 8, y, foot.x + foot.width - x - 8, CANVAS_LEFT,
                dim, "larger than to scale");
}

/* The newest hit, where there is no room for its card. */
static void draw_newest(const struct memory_picture *picture)
{
    const struct view_hit *hit = memory_newest_hit(picture);
    char what[128];
    char text[256];
    char more[256];
    memory_write_hit(picture, hit, what, sizeof what);
    snprintf(text, sizeof text, "%s%s%s", what, hit->why[0] == '\0' ? "" : ": ", hit->why);
    snprintf(more, sizeof more, "%s%s%s", hit->whose, hit->whose[0] == '\0' ? "" : ", by ",
             hit->where);
    write_foot(picture, memory_color(picture, THEME_BAD), text, more);
}

static void draw_foot(const struct memory_picture *picture)
{
    const struct memory_state *state = picture->state;
    const struct ui_context *context = picture->context;
    struct rect pointed = picture->at.map;
    pointed.width = picture->at.lanes.x + picture->at.lanes.width - pointed.x;
    if (rect_holds(picture->at.overview, context->mouse_x, context->mouse_y)) {
        int row = memory_map_row_at(&state->overview, context->mouse_y);
        if (row >= 0) {
            draw_words(picture, &(state->flash ? picture->all->flash : picture->all->ram)[row],
                       state->overview.rows[row].address, true);
        }
        return;
    }
    if (rect_holds(pointed, context->mouse_x, context->mouse_y)) {
        int row = memory_map_row_at(&state->map, context->mouse_y);
        if (row >= 0) {
            draw_words(picture, &picture->spans[row],
                       memory_map_address_at(&state->map, context->mouse_y), false);
        }
        return;
    }
    if (state->span_chosen && state->span >= 0 && state->span < (int)picture->span_count) {
        const struct view_span *span = &picture->spans[state->span];
        draw_words(picture, span, span->address, true);
        return;
    }
    if (picture->at.notes.width > 0 || memory_newest_hit(picture) == NULL) {
        draw_legend(picture);
    } else {
        draw_newest(picture);
    }
}

/* ---- the pane ---- */

static void draw_notes(const struct memory_picture *picture)
{
    const struct rect notes = picture->at.notes;
    float small = canvas_line_height(picture->canvas, CANVAS_SMALL) + 2;
    float y = notes.y;
    if (notes.width <= 0) {
        return;
    }
    /* The table of regions needs its place; the cards get the rest. */
    float reserve = picture->mpu == NULL ? 0 : small * 6 + 8;
    canvas_text(picture->canvas, CANVAS_SMALL, notes.x, y, notes.width, CANVAS_LEFT,
                memory_color(picture, THEME_TEXT_DIM),
                memory_newest_hit(picture) == NULL ? "Refused: nothing so far"
                                                   : "Faults, the newest first");
    y += small + 2;
    y = memory_draw_cards(picture, y, notes.y + notes.height - reserve);
    memory_draw_regions(picture, y + 8);
}

static void draw(void *data, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    struct memory_state *state = data;
    memory_note_hits(state, context);
    struct memory_picture picture = make_picture(state, canvas, context);
    place(&picture, area);
    lay_out(&picture);
    draw_head(&picture);
    draw_captions(&picture);
    memory_draw_overview(&picture);
    float above = 2 * canvas_line_height(canvas, CANVAS_SMALL) + 8; /* what regions are called */
    canvas_push_clip(canvas, (struct rect){area.x, picture.at.map.y - above, area.width,
                                           picture.at.map.height + above + 8});
    if (picture.span_count == 0) {
        canvas_text(canvas, CANVAS_SANS, picture.at.map.x, picture.at.map.y, 0, CANVAS_LEFT,
                    memory_color(&picture, THEME_TEXT_DIM), "It has no memory yet.");
    }
    memory_draw_map(&picture);
    memory_draw_may(&picture);
    memory_draw_lanes(&picture);
    memory_draw_hits(&picture);
    memory_draw_labels(&picture);
    memory_draw_addresses(&picture);
    canvas_pop_clip(canvas);
    draw_notes(&picture);
    draw_foot(&picture);
}

static void tell_places(const void *data, struct rect area, const struct ui_context *context,
                        const struct ui_places *places)
{
    const struct memory_state *state = data;
    const struct memory_places *at = &state->places;
    (void)area;
    (void)context;
    places->tell(places->context, "ram", at->ram_button);
    places->tell(places->context, "flash", at->flash_button);
    places->tell(places->context, "map", at->map);
    if (at->overview.width > 0) {
        places->tell(places->context, "overview", at->overview);
    }
}

static const struct pane_key keys[] = {
    {"Up, Down", "select a part of the memory"},
    {"Home, End", "select its highest or lowest part"},
    {"Left, Right", "show another process"},
    {"R, F", "show RAM or flash"},
    {"M", "the MPU as it is now, or as the process has it"},
    {"+, -", "zoom; also Ctrl and the wheel"},
    {"Esc", "select nothing, show all"},
    {NULL, NULL},
};

const struct pane_class pane_memory = {
    .name = "memory",
    .title = "Memory",
    .minimum_width = 260,
    .minimum_height = 160,
    .state_bytes = sizeof(struct memory_state),
    .draw = draw,
    .event = memory_take_event,
    .places = tell_places,
    .keys = keys,
};
