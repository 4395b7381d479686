#include "sim/ui/layout.h"

#include <math.h>

#include "sim/ui/pane_set.h"

/* One side of a split: a pane, or another split. */
struct side {
    const struct pane_class *pane; /* NULL: the split */
    size_t split;
};

/* How the window is divided; the deepest come last. */
static const struct {
    const char *name;
    bool beside;
    struct side sides[2];
    float share, presenting_share;
} tree[LAYOUT_SPLITS] = {
    {"timeline", false, {{NULL, 1}, {&pane_timeline, 0}}, 0.74F, 0.72F},
    {"left", true, {{NULL, 2}, {NULL, 3}}, 0.44F, 0.52F},
    {"terminal", false, {{&pane_board, 0}, {&pane_console, 0}}, 0.64F, 0.64F},
    {"middle", true, {{NULL, 4}, {NULL, 5}}, 0.40F, 0.40F},
    {"timers", false, {{&pane_clock, 0}, {NULL, 6}}, 0.38F, 0.50F},
    {"memory", false, {{&pane_processes, 0}, {&pane_memory, 0}}, 0.42F, 0.42F},
    {"controls", false, {{&pane_timers, 0}, {&pane_controls, 0}}, 0.54F, 0.50F},
};

#define SHARE_MIN 0.02F
#define SHARE_MAX 0.98F
/* How far beside a gap a splitter can still be taken. */
#define GRIP 3.0F

/* While a plan is made. */
struct planner {
    const struct layout *layout;
    const struct layout_room *room;
    bool folded[LAYOUT_SPLITS];
    struct layout_plan *plan;
};

struct extent {
    float width, height;
};

static bool shows(const struct layout *layout, const struct side *side)
{
    if (side->pane != NULL) {
        return !layout->hidden[pane_set_index(side->pane)];
    }
    return shows(layout, &tree[side->split].sides[0]) || shows(layout, &tree[side->split].sides[1]);
}

static bool shows_both(const struct layout *layout, size_t split)
{
    return shows(layout, &tree[split].sides[0]) && shows(layout, &tree[split].sides[1]);
}

static struct extent least_of_pane(const struct planner *planner, const struct pane_class *pane)
{
    const struct layout_room *room = planner->room;
    return (struct extent){pane->minimum_width * room->grow + 2 * LAYOUT_PADDING,
                           pane->minimum_height * room->grow + room->title_height +
                               2 * LAYOUT_PADDING};
}

static struct extent least(const struct planner *planner, const struct side *side)
{
    if (!shows(planner->layout, side)) {
        return (struct extent){0, 0};
    }
    if (side->pane != NULL) {
        return least_of_pane(planner, side->pane);
    }
    struct extent first = least(planner, &tree[side->split].sides[0]);
    struct extent second = least(planner, &tree[side->split].sides[1]);
    struct extent both = {fmaxf(first.width, second.width), fmaxf(first.height, second.height)};
    if (!shows_both(planner->layout, side->split) || planner->folded[side->split]) {
        return both;
    }
    if (tree[side->split].beside) {
        both.width = first.width + second.width + LAYOUT_GAP;
    } else {
        both.height = first.height + second.height + LAYOUT_GAP;
    }
    return both;
}

static float least_length(const struct planner *planner, bool beside)
{
    static const struct side root = {NULL, 0};
    struct extent all = least(planner, &root);
    return beside ? all.width : all.height;
}

/* Folds one split in this direction: the deepest by which the window needs less, or just the
 * deepest. False: there is none. */
static bool fold_one(struct planner *planner, bool beside)
{
    float before = least_length(planner, beside);
    size_t deepest = LAYOUT_SPLITS;
    for (size_t split = LAYOUT_SPLITS; split-- > 0;) {
        if (tree[split].beside != beside || planner->folded[split] ||
            !shows_both(planner->layout, split)) {
            continue;
        }
        planner->folded[split] = true;
        if (least_length(planner, beside) < before) {
            return true;
        }
        planner->folded[split] = false;
        deepest = deepest == LAYOUT_SPLITS ? split : deepest;
    }
    if (deepest < LAYOUT_SPLITS) {
        planner->folded[deepest] = true;
    }
    return deepest < LAYOUT_SPLITS;
}

static void fold_what_has_no_room(struct planner *planner)
{
    const struct rect *area = &planner->room->area;
    while (least_length(planner, true) > area->width && fold_one(planner, true)) {
    }
    while (least_length(planner, false) > area->height && fold_one(planner, false)) {
    }
}

static void gather(const struct layout *layout, const struct side *side, struct layout_slot *slot)
{
    if (side->pane == NULL) {
        gather(layout, &tree[side->split].sides[0], slot);
        gather(layout, &tree[side->split].sides[1], slot);
        return;
    }
    size_t pane = pane_set_index(side->pane);
    if (layout->hidden[pane]) {
        return;
    }
    if (slot->count > 0 && layout->touched[pane] > layout->touched[slot->panes[slot->front]]) {
        slot->front = slot->count;
    }
    slot->panes[slot->count++] = pane;
}

/* Edges on whole points, so that at whole scales they are whole pixels. */
static struct rect on_grid(struct rect area)
{
    float right = roundf(area.x + area.width);
    float bottom = roundf(area.y + area.height);
    area.x = roundf(area.x);
    area.y = roundf(area.y);
    area.width = fmaxf(0, right - area.x);
    area.height = fmaxf(0, bottom - area.y);
    return area;
}

static void finish_slot(const struct planner *planner, struct layout_slot *slot, struct rect area)
{
    slot->whole = on_grid(area);
    slot->title = slot->whole;
    slot->title.height = fminf(slot->whole.height, planner->room->title_height);
    slot->body = (struct rect){
        slot->whole.x + LAYOUT_PADDING, slot->whole.y + slot->title.height + LAYOUT_PADDING,
        fmaxf(0, slot->whole.width - 2 * LAYOUT_PADDING),
        fmaxf(0, slot->whole.height - slot->title.height - 2 * LAYOUT_PADDING)};
}

static float clamp(float value, float low, float high)
{
    return value > high ? fmaxf(low, high) : value >= low ? value : low;
}

/* Length of the first side of a split in an area that has room for both. */
static float first_length(const struct planner *planner, size_t split, struct rect area,
                          float share)
{
    bool beside = tree[split].beside;
    struct extent first = least(planner, &tree[split].sides[0]);
    struct extent second = least(planner, &tree[split].sides[1]);
    float length = (beside ? area.width : area.height) - LAYOUT_GAP;
    float low = beside ? first.width : first.height;
    float high = length - (beside ? second.width : second.height);
    return roundf(clamp(length * clamp(share, SHARE_MIN, SHARE_MAX), low, high));
}

static void place(struct planner *planner, const struct side *side, struct rect area)
{
    const struct layout *layout = planner->layout;
    struct layout_plan *plan = planner->plan;
    if (!shows(layout, side)) {
        return;
    }
    if (side->pane != NULL || planner->folded[side->split]) {
        struct layout_slot *slot = &plan->slots[plan->slot_count++];
        gather(layout, side, slot);
        finish_slot(planner, slot, area);
        return;
    }
    size_t split = side->split;
    const struct side *sides = tree[split].sides;
    if (!shows_both(layout, split)) {
        place(planner, &sides[shows(layout, &sides[0]) ? 0 : 1], area);
        return;
    }
    float length = first_length(planner, split, area, layout->shares[split]);
    struct rect first = area;
    struct rect second = area;
    struct rect handle = area;
    if (tree[split].beside) {
        first.width = length;
        handle.x += length;
        handle.width = LAYOUT_GAP;
        second.x = handle.x + LAYOUT_GAP;
        second.width = area.width - length - LAYOUT_GAP;
    } else {
        first.height = length;
        handle.y += length;
        handle.height = LAYOUT_GAP;
        second.y = handle.y + LAYOUT_GAP;
        second.height = area.height - length - LAYOUT_GAP;
    }
    plan->splitters[plan->splitter_count++] =
        (struct layout_splitter){split, tree[split].beside, handle, area};
    place(planner, &sides[0], first);
    place(planner, &sides[1], second);
}

void layout_make(const struct layout *layout, const struct layout_room *room,
                 struct layout_plan *plan)
{
    *plan = (struct layout_plan){0};
    struct planner planner = {.layout = layout, .room = room, .plan = plan};
    if (layout->maximised && !layout->hidden[layout->focus]) {
        struct layout_slot *slot = &plan->slots[plan->slot_count++];
        slot->panes[slot->count++] = layout->focus;
        finish_slot(&planner, slot, room->area);
        return;
    }
    fold_what_has_no_room(&planner);
    const struct side root = {NULL, 0};
    place(&planner, &root, room->area);
}

void layout_reset(struct layout *layout, bool presenting)
{
    *layout = (struct layout){.focus = pane_set_index(&pane_board)};
    for (size_t i = 0; i < LAYOUT_SPLITS; i++) {
        layout->shares[i] = presenting ? tree[i].presenting_share : tree[i].share;
    }
    if (presenting) {
        layout->hidden[pane_set_index(&pane_controls)] = true;
        layout->hidden[pane_set_index(&pane_timers)] = true;
        layout->hidden[pane_set_index(&pane_clock)] = true;
    }
}

size_t layout_shown_count(const struct layout *layout)
{
    size_t count = 0;
    for (size_t i = 0; i < pane_list_count; i++) {
        count += layout->hidden[i] ? 0 : 1;
    }
    return count;
}

void layout_focus(struct layout *layout, size_t pane)
{
    layout->hidden[pane] = false;
    layout->focus = pane;
    layout->touched[pane] = ++layout->touches;
}

void layout_focus_next(struct layout *layout, bool backwards)
{
    size_t pane = layout->focus;
    for (size_t i = 0; i < pane_list_count; i++) {
        pane = (pane + (backwards ? pane_list_count - 1 : 1)) % pane_list_count;
        if (!layout->hidden[pane]) {
            layout_focus(layout, pane);
            return;
        }
    }
}

void layout_hide(struct layout *layout, size_t pane)
{
    layout->hidden[pane] = true;
    if (layout->focus == pane) {
        layout->maximised = false;
        layout_focus_next(layout, true);
    }
}

static void set_first_length(struct layout *layout, const struct layout_splitter *splitter,
                             const struct layout_room *room, float wanted)
{
    struct planner planner = {.layout = layout, .room = room};
    fold_what_has_no_room(&planner);
    float length = (splitter->beside ? splitter->whole.width : splitter->whole.height) - LAYOUT_GAP;
    if (!(length > 0)) {
        return;
    }
    float first = first_length(&planner, splitter->split, splitter->whole, wanted / length);
    layout->shares[splitter->split] = clamp(first / length, SHARE_MIN, SHARE_MAX);
}

void layout_drag(struct layout *layout, const struct layout_splitter *splitter,
                 const struct layout_room *room, float x, float y)
{
    float from = splitter->beside ? splitter->whole.x : splitter->whole.y;
    set_first_length(layout, splitter, room, (splitter->beside ? x : y) - from - LAYOUT_GAP / 2);
}

static bool holds(const struct side *side, const struct pane_class *pane)
{
    if (side->pane != NULL) {
        return side->pane == pane;
    }
    return holds(&tree[side->split].sides[0], pane) || holds(&tree[side->split].sides[1], pane);
}

void layout_nudge(struct layout *layout, const struct layout_plan *plan,
                  const struct layout_room *room, float right, float down)
{
    const struct layout_splitter *nearest = NULL;
    for (size_t i = 0; i < plan->splitter_count; i++) {
        const struct layout_splitter *splitter = &plan->splitters[i];
        const struct side whole = {NULL, splitter->split};
        bool fits = splitter->beside == (right < 0 || right > 0);
        /* A deeper split has a greater number. */
        if (fits && holds(&whole, pane_list[layout->focus]) &&
            (nearest == NULL || splitter->split > nearest->split)) {
            nearest = splitter;
        }
    }
    if (nearest != NULL) {
        float now = nearest->beside ? nearest->handle.x - nearest->whole.x
                                    : nearest->handle.y - nearest->whole.y;
        set_first_length(layout, nearest, room, now + (nearest->beside ? right : down));
    }
}

const char *layout_split_name(size_t split)
{
    return tree[split].name;
}

const struct layout_slot *layout_slot_at(const struct layout_plan *plan, float x, float y)
{
    for (size_t i = 0; i < plan->slot_count; i++) {
        if (rect_holds(plan->slots[i].whole, x, y)) {
            return &plan->slots[i];
        }
    }
    return NULL;
}

const struct layout_splitter *layout_splitter_at(const struct layout_plan *plan, float x, float y)
{
    for (size_t i = 0; i < plan->splitter_count; i++) {
        struct rect grip = plan->splitters[i].handle;
        if (plan->splitters[i].beside) {
            grip.x -= GRIP;
            grip.width += 2 * GRIP;
        } else {
            grip.y -= GRIP;
            grip.height += 2 * GRIP;
        }
        if (rect_holds(grip, x, y)) {
            return &plan->splitters[i];
        }
    }
    return NULL;
}

const struct layout_slot *layout_slot_of(const struct layout_plan *plan, size_t pane)
{
    for (size_t i = 0; i < plan->slot_count; i++) {
        const struct layout_slot *slot = &plan->slots[i];
        if (slot->panes[slot->front] == pane) {
            return slot;
        }
    }
    return NULL;
}
