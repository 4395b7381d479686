/* Who runs, who waits for what, and what the last second of the CPU was spent on. */
#include <stdio.h>

#include "sim/ui/panes.h"
#include "sim/ui/process_facts.h"
#include "sim/ui/process_marks.h"

#define GAP         8.0F
#define MARK        10.0F
#define NAME_MIN    90.0F
#define NAME_MAX    240.0F
#define BAR_MIN     30.0F
#define DETAILS_MIN 3.0F /* lines; fewer are not worth it */

enum column {
    COLUMN_NAME,
    COLUMN_STATE,
    COLUMN_CPU,
    COLUMN_CALLS,
    COLUMN_UPCALLS,
    COLUMN_RESTARTS,
    COLUMN_FAULTS,
    COLUMNS,
};

struct table {
    float x[COLUMNS], width[COLUMNS]; /* 0: there is no room for it */
    float row_height;
};

struct processes_state {
    int own_selected;
    bool folded;  /* no details of the selected process */
    float scroll; /* rows that are above the upper edge */
    float rows_y; /* of the first row, as drawn last */
    float row_height;
    size_t rows_shown; /* of processes */
};

/* One drawing. */
struct processes_picture {
    struct processes_state *state;
    struct canvas *canvas;
    const struct ui_context *context;
    const struct theme *theme;
    const struct view_processes *all;
    int selected;
    struct table table;
};

static color ink(const struct processes_picture *picture, enum theme_color which)
{
    return picture->theme->colors[which];
}

/* ---- the second as one bar ---- */

struct share {
    const char *name;
    uint32_t permille;
    color paint;
    bool hatched;
};

static size_t list_shares(const struct processes_picture *picture,
                          struct share shares[VIEW_PROCESSES_MAX + 3])
{
    const struct view_processes *all = picture->all;
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        shares[count++] = (struct share){.name = all->processes[i].name,
                                         .permille = all->processes[i].cpu_permille,
                                         .paint = theme_process(picture->theme, (uint32_t)i)};
    }
    shares[count++] = (struct share){.name = all->count == 0 ? "firmware" : "kernel",
                                     .permille = all->kernel_permille,
                                     .paint = ink(picture, THEME_KERNEL)};
    shares[count++] = (struct share){.name = "interrupts",
                                     .permille = all->interrupts_permille,
                                     .paint = ink(picture, THEME_INTERRUPT)};
    shares[count++] = (struct share){.name = "sleep",
                                     .permille = all->sleep_permille,
                                     .paint = ink(picture, THEME_SLEEP),
                                     .hatched = true};
    return count;
}

static void draw_share(const struct processes_picture *picture, const struct share *share,
                       struct rect box)
{
    char text[64];
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL);
    snprintf(text, sizeof text, "%.24s %.31s", share->name, process_percent(share->permille).text);
    canvas_fill(picture->canvas, box, share->paint);
    if (share->hatched) {
        canvas_hatch(picture->canvas, box, 8, color_fade(ink(picture, THEME_TEXT_DIM), 60));
    }
    float width = canvas_text_width(picture->canvas, CANVAS_SMALL, text);
    if (width + 12 <= box.width) {
        canvas_text(picture->canvas, CANVAS_SMALL, box.x + 6, box.y + (box.height - line) / 2, 0,
                    CANVAS_LEFT,
                    share->hatched ? ink(picture, THEME_TEXT) : ink(picture, THEME_TEXT_ON_ACCENT),
                    text);
    }
}

static float draw_second(const struct processes_picture *picture, struct rect area)
{
    struct share shares[VIEW_PROCESSES_MAX + 3];
    size_t count = list_shares(picture, shares);
    float line = canvas_line_height(picture->canvas, CANVAS_SMALL);
    float height = line + 8;
    float x = area.x;
    canvas_text(picture->canvas, CANVAS_SMALL, area.x, area.y, area.width, CANVAS_LEFT,
                ink(picture, THEME_TEXT_DIM), "CPU, the last second");
    float y = area.y + line + 4;
    canvas_fill(picture->canvas, (struct rect){area.x, y, area.width, height},
                ink(picture, THEME_GAP));
    for (size_t i = 0; i < count; i++) {
        float width = area.width * (float)shares[i].permille / 1000.0F;
        if (shares[i].permille > 0) {
            float drawn = width > 2 ? width - 1 : width;
            draw_share(picture, &shares[i], (struct rect){x, y, drawn, height});
        }
        x += width;
    }
    return y + height;
}

/* ---- the table ---- */

static const char *const headings[COLUMNS] = {
    [COLUMN_NAME] = "process",  [COLUMN_STATE] = "state",     [COLUMN_CPU] = "CPU",
    [COLUMN_CALLS] = "calls/s", [COLUMN_UPCALLS] = "upcalls", [COLUMN_RESTARTS] = "restarts",
    [COLUMN_FAULTS] = "faults",
};

/* As wide as the longest name, up to a limit. */
static float name_width(struct canvas *canvas, const struct view_processes *all)
{
    float widest = NAME_MIN;
    for (size_t i = 0; i < all->count; i++) {
        float width = canvas_text_width(canvas, CANVAS_BOLD, all->processes[i].name) + 28;
        widest = width > widest ? width : widest;
    }
    return widest < NAME_MAX ? widest : NAME_MAX;
}

/* The columns that say least are left out first when it is narrow; then names are cut. */
static struct table make_table(struct canvas *canvas, const struct view_processes *all,
                               struct rect area)
{
    static const enum column least[] = {COLUMN_CALLS, COLUMN_RESTARTS, COLUMN_UPCALLS,
                                        COLUMN_FAULTS};
    struct table table = {.row_height = canvas_line_height(canvas, CANVAS_SANS) + 10};
    float name = name_width(canvas, all);
    table.width[COLUMN_NAME] = NAME_MIN;
    table.width[COLUMN_STATE] = canvas_text_width(canvas, CANVAS_SANS, "Yielded-For") + MARK + 22;
    table.width[COLUMN_CPU] = canvas_text_width(canvas, CANVAS_SANS, "100.0 %") + 16;
    for (size_t i = COLUMN_CALLS; i < COLUMNS; i++) {
        table.width[i] = canvas_text_width(canvas, CANVAS_SMALL, headings[i]) + 14;
    }
    float used = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        used += table.width[i];
    }
    for (size_t i = 0; i < sizeof least / sizeof least[0]; i++) {
        /* Whole names say more than the first two of them. */
        float wanted = used + (i < 2 ? name - NAME_MIN : 0);
        if (wanted > area.width) {
            used -= table.width[least[i]];
            table.width[least[i]] = 0;
        }
    }
    float left = area.width > used ? area.width - used : 0;
    float for_name = left < name - NAME_MIN ? left : name - NAME_MIN;
    table.width[COLUMN_NAME] += for_name;
    table.width[COLUMN_CPU] += left - for_name;
    float x = area.x;
    for (size_t i = 0; i < COLUMNS; i++) {
        table.x[i] = x;
        x += table.width[i];
    }
    return table;
}

/* Numbers stand at the right edge of their column. */
static void draw_number(const struct processes_picture *picture, enum column column, float y,
                        uint64_t value, color paint)
{
    const struct table *table = &picture->table;
    if (table->width[column] > 0) {
        canvas_text(picture->canvas, CANVAS_SANS, table->x[column] + table->width[column] - 4, y, 0,
                    CANVAS_RIGHT, value == 0 ? ink(picture, THEME_TEXT_DIM) : paint,
                    process_number(value).text);
    }
}

/* `some`: it had the CPU, if not for a thousandth. */
static void draw_bar(const struct processes_picture *picture, float y, uint32_t permille, bool some,
                     color paint, bool hatched)
{
    const struct table *table = &picture->table;
    float text = canvas_text_width(picture->canvas, CANVAS_SANS, "100.0 %") + 6;
    float width = table->width[COLUMN_CPU] - text - 16;
    float line = canvas_line_height(picture->canvas, CANVAS_SANS);
    float x = table->x[COLUMN_CPU];
    if (width >= BAR_MIN) {
        struct rect box = {x, y + (line - 8) / 2, width, 8};
        float share = width * (float)permille / 1000.0F;
        canvas_fill_round(picture->canvas, box, 4, ink(picture, THEME_GAP));
        if (permille > 0) {
            box.width = share < 4 ? 4 : share;
            canvas_fill_round(picture->canvas, box, box.width < 8 ? box.width / 2 : 4, paint);
            if (hatched) {
                canvas_hatch(picture->canvas, box, 6, color_fade(ink(picture, THEME_TEXT), 70));
            }
        }
    }
    canvas_text(picture->canvas, CANVAS_SANS, x + table->width[COLUMN_CPU] - 10, y, 0, CANVAS_RIGHT,
                ink(picture, permille == 0 ? THEME_TEXT_DIM : THEME_TEXT),
                permille == 0 && some ? "<0.1 %" : process_percent(permille).text);
}

static void draw_headings(const struct processes_picture *picture, float y)
{
    const struct table *table = &picture->table;
    for (size_t i = 0; i < COLUMNS; i++) {
        bool number = i >= COLUMN_CALLS;
        if (table->width[i] > 0) {
            canvas_text(picture->canvas, CANVAS_SMALL,
                        number ? table->x[i] + table->width[i] - 4
                               : table->x[i] + (i == COLUMN_NAME ? 16 : 0),
                        y, 0, number ? CANVAS_RIGHT : CANVAS_LEFT, ink(picture, THEME_TEXT_DIM),
                        headings[i]);
        }
    }
}

static void draw_name(const struct processes_picture *picture, float y, const char *name,
                      color paint, bool bold)
{
    const struct table *table = &picture->table;
    float line = canvas_line_height(picture->canvas, CANVAS_SANS);
    float x = table->x[COLUMN_NAME];
    canvas_fill_round(picture->canvas, (struct rect){x + 2, y + (line - 10) / 2, 8, 10}, 2, paint);
    canvas_text(picture->canvas, bold ? CANVAS_BOLD : CANVAS_SANS, x + 16, y,
                table->width[COLUMN_NAME] - 22, CANVAS_LEFT, ink(picture, THEME_TEXT), name);
}

static void draw_process(const struct processes_picture *picture, int index, struct rect row)
{
    const struct view_process *process = &picture->all->processes[index];
    const struct table *table = &picture->table;
    float line = canvas_line_height(picture->canvas, CANVAS_SANS);
    float y = row.y + (row.height - line) / 2;
    if (index == picture->selected) {
        canvas_fill_round(picture->canvas, row, 4, color_fade(ink(picture, THEME_ACCENT), 36));
        canvas_fill_round(picture->canvas, (struct rect){row.x - 4, row.y, 3, row.height}, 1.5F,
                          ink(picture, THEME_ACCENT));
    }
    draw_name(picture, y, process->name, theme_process(picture->theme, (uint32_t)index), true);
    process_draw_state(picture->canvas, picture->theme, table->x[COLUMN_STATE],
                       y + (line - MARK) / 2, MARK, process);
    canvas_text(picture->canvas, CANVAS_SANS, table->x[COLUMN_STATE] + MARK + 6, y,
                table->width[COLUMN_STATE] - MARK - 10, CANVAS_LEFT, ink(picture, THEME_TEXT),
                process_state_words(process));
    draw_bar(picture, y, process->cpu_permille, process->calls_per_second > 0,
             theme_process(picture->theme, (uint32_t)index), false);
    color text = ink(picture, THEME_TEXT);
    draw_number(picture, COLUMN_CALLS, y, process->calls_per_second, text);
    draw_number(picture, COLUMN_UPCALLS, y, process->upcalls_waiting, text);
    draw_number(picture, COLUMN_RESTARTS, y, process->restarts, ink(picture, THEME_WARNING));
    draw_number(picture, COLUMN_FAULTS, y, process->faults, ink(picture, THEME_BAD));
}

/* Kernel, interrupts, sleep. */
static float draw_others(const struct processes_picture *picture, struct rect area, float y)
{
    struct share shares[VIEW_PROCESSES_MAX + 3];
    size_t count = list_shares(picture, shares);
    float line = canvas_line_height(picture->canvas, CANVAS_SANS);
    float height = line + 6;
    canvas_line(picture->canvas, area.x, y + 2, area.x + area.width, y + 2, 1,
                ink(picture, THEME_GRID));
    y += 5;
    for (size_t i = count - 3; i < count && y + height <= area.y + area.height; i++) {
        float at = y + (height - line) / 2;
        draw_name(picture, at, shares[i].name, shares[i].paint, false);
        draw_bar(picture, at, shares[i].permille, false, shares[i].paint, shares[i].hatched);
        y += height;
    }
    return y;
}

/* ---- the pane ---- */

static void keep_selected_visible(struct processes_state *state, int selected, size_t shown)
{
    if (selected >= 0 && shown > 0) {
        float last = (float)selected - (float)shown + 1;
        state->scroll = state->scroll > (float)selected ? (float)selected : state->scroll;
        state->scroll = state->scroll < last ? last : state->scroll;
    }
}

static void draw_rows(const struct processes_picture *picture, struct rect area)
{
    struct processes_state *state = picture->state;
    float height = picture->table.row_height;
    size_t fit = area.height < height ? 1 : (size_t)(area.height / height);
    state->rows_y = area.y;
    state->row_height = height;
    state->rows_shown = fit < picture->all->count ? fit : picture->all->count;
    keep_selected_visible(state, picture->selected, state->rows_shown);
    for (size_t i = 0; i < state->rows_shown; i++) {
        int index = (int)state->scroll + (int)i;
        if (index < (int)picture->all->count) {
            draw_process(picture, index,
                         (struct rect){area.x, area.y + (float)i * height, area.width, height});
        }
    }
}

/* How the height is shared: the processes come first, then kernel, interrupts and sleep (which the
 * bar above shows too), then the details. */
struct shares_of_height {
    float rows, others, details;
};

static struct shares_of_height share_height(struct processes_picture *picture, float room)
{
    float sans = canvas_line_height(picture->canvas, CANVAS_SANS);
    float count = (float)picture->all->count;
    float others = 3 * (sans + 6) + 8;
    bool has_details = picture->selected >= 0 && !picture->state->folded;
    struct shares_of_height share = {.rows = count * picture->table.row_height};
    if (share.rows > room) {
        picture->table.row_height = sans + 4;
        share.rows = count * picture->table.row_height;
        share.rows = share.rows < room ? share.rows : room;
    }
    share.others = share.rows + others <= room ? others : 0;
    float left = room - share.rows - share.others;
    share.details = has_details && left >= DETAILS_MIN * (sans + 3) + 2 * GAP ? left : 0;
    return share;
}

static void draw_scroll_mark(const struct processes_picture *picture, struct rect area)
{
    const struct processes_state *state = picture->state;
    float count = (float)picture->all->count;
    if (state->rows_shown >= picture->all->count) {
        return;
    }
    float height = (float)state->rows_shown * state->row_height;
    float x = area.x + area.width + 1;
    canvas_fill_round(picture->canvas, (struct rect){x, area.y, 3, height}, 1.5F,
                      ink(picture, THEME_GRID));
    canvas_fill_round(picture->canvas,
                      (struct rect){x, area.y + height * state->scroll / count, 3,
                                    height * (float)state->rows_shown / count},
                      1.5F, ink(picture, THEME_TEXT_DIM));
}

static void draw(void *data, struct canvas *canvas, struct rect area,
                 const struct ui_context *context)
{
    struct processes_state *state = data;
    struct rect inner = {area.x + 4, area.y, area.width - 8, area.height};
    struct processes_picture picture = {.state = state,
                                        .canvas = canvas,
                                        .context = context,
                                        .theme = context->theme,
                                        .all = &context->frame->processes,
                                        .selected = process_selected(context, &state->own_selected),
                                        .table =
                                            make_table(canvas, &context->frame->processes, inner)};
    float y = draw_second(&picture, inner) + GAP + 4;
    draw_headings(&picture, y);
    y += canvas_line_height(canvas, CANVAS_SMALL) + 4;
    float bottom = inner.y + inner.height;
    struct shares_of_height share = share_height(&picture, bottom > y ? bottom - y : 0);
    struct rect rows = {inner.x, y, inner.width, share.rows};
    draw_rows(&picture, rows);
    draw_scroll_mark(&picture, rows);
    y += share.rows;
    if (share.others > 0) {
        y = draw_others(&picture, inner, y);
    }
    if (share.details > 0) {
        canvas_line(canvas, inner.x, y + 4, inner.x + inner.width, y + 4, 1,
                    ink(&picture, THEME_GRID));
        process_draw_facts(canvas, context, picture.selected,
                           (struct rect){inner.x, y + GAP + 4, inner.width, bottom - y - GAP - 4});
    }
}

static bool on_key(struct processes_state *state, int key, const struct ui_context *context)
{
    switch (key) {
    case UI_KEY_UP_ARROW:
    case UI_KEY_DOWN_ARROW:
        process_select_next(context, &state->own_selected, key == UI_KEY_DOWN_ARROW ? 1 : -1);
        return true;
    case UI_KEY_HOME:
        process_select(context, &state->own_selected, 0);
        return true;
    case UI_KEY_END:
        process_select(context, &state->own_selected, (int)context->frame->processes.count - 1);
        return true;
    case UI_KEY_ESCAPE:
        if (context->selected_process == NULL || *context->selected_process < 0) {
            return false;
        }
        *context->selected_process = -1;
        return true;
    case UI_KEY_ENTER:
        state->folded = !state->folded;
        return true;
    default:
        return false;
    }
}

static bool on_event(void *data, struct rect area, const struct ui_event *event,
                     const struct ui_context *context)
{
    struct processes_state *state = data;
    (void)area;
    if (event->kind == UI_KEY_DOWN) {
        return context->focused && (event->modifiers & (UI_CTRL | UI_ALT)) == 0 &&
               on_key(state, event->key, context);
    }
    float row = (event->y - state->rows_y) / (state->row_height > 0 ? state->row_height : 1);
    if (event->kind == UI_MOUSE_DOWN && event->button == 1 && row >= 0 &&
        row < (float)state->rows_shown) {
        int index = (int)state->scroll + (int)row;
        if (event->clicks > 1) {
            state->folded = !state->folded;
        }
        process_select(context, &state->own_selected, index);
        return true;
    }
    return false;
}

static void tell_places(const void *data, struct rect area, const struct ui_context *context,
                        const struct ui_places *places)
{
    const struct processes_state *state = data;
    const struct view_processes *all = &context->frame->processes;
    for (size_t i = 0; i < state->rows_shown; i++) {
        size_t index = (size_t)state->scroll + i;
        struct rect row = {area.x, state->rows_y + (float)i * state->row_height, area.width,
                           state->row_height};
        if (index < all->count) {
            places->tell(places->context, all->processes[index].name, row);
        }
    }
}

static const struct pane_key keys[] = {
    {"Up, Down", "select a process, for the Memory pane too"},
    {"Home, End", "select the first or the last"},
    {"Esc", "choose none: the one that faulted last is shown"},
    {"Enter", "hide or show its details; also a double click"},
    {NULL, NULL},
};

const struct pane_class pane_processes = {
    .name = "processes",
    .title = "Processes",
    .minimum_width = 260,
    .minimum_height = 160,
    .state_bytes = sizeof(struct processes_state),
    .draw = draw,
    .event = on_event,
    .places = tell_places,
    .keys = keys,
};
