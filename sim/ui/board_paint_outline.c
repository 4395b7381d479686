#include <math.h>

#include "sim/ui/board_paint.h"

#define SOLDER_DEFAULT 0x25564aU
#define ARC_STEPS      8
#define POINTS_MAX     (BOARD_PICTURE_CORNERS_MAX * (ARC_STEPS + 1))
#define SHADOW_STEPS   8
#define SHADOW_DOWN    4.0F

struct point {
    float x, y;
};

struct shape {
    struct point points[POINTS_MAX];
    size_t count;
};

static uint32_t brightness_of(color value)
{
    return ((value >> 24 & 0xff) * 3 + (value >> 16 & 0xff) * 6 + (value >> 8 & 0xff)) / 10;
}

void board_paint_begin(struct board_paint *paint)
{
    paint->solder = board_rgb(paint->parts->picture->color, board_rgb(SOLDER_DEFAULT, 0));
    paint->silk = brightness_of(paint->solder) > 150 ? 0x202830ffU : 0xe4e9eeffU;
}

static struct point corner(const struct board_paint *paint, size_t index)
{
    const struct board_picture *picture = paint->parts->picture;
    const struct board_picture_point *at = &picture->corners[index % picture->corner_count];
    return (struct point){paint->layout->x + (float)at->x_um * paint->layout->scale,
                          paint->layout->y + (float)at->y_um * paint->layout->scale};
}

static struct point between(struct point from, struct point to, float share)
{
    return (struct point){from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share};
}

static void add_point(struct shape *shape, struct point point)
{
    if (shape->count < POINTS_MAX) {
        shape->points[shape->count++] = point;
    }
}

/* A quadratic curve from one edge to the next, that begins and ends a radius from the corner. */
static void add_corner(struct shape *shape, const struct board_paint *paint, size_t index,
                       float radius)
{
    size_t count = paint->parts->picture->corner_count;
    struct point at = corner(paint, index);
    struct point before = corner(paint, index + count - 1);
    struct point after = corner(paint, index + 1);
    float back = hypotf(before.x - at.x, before.y - at.y);
    float forth = hypotf(after.x - at.x, after.y - at.y);
    float cut = fminf(radius, fminf(back, forth) / 2);
    if (cut < 0.5F) {
        add_point(shape, at);
        return;
    }
    struct point from = between(at, before, cut / back);
    struct point to = between(at, after, cut / forth);
    for (int step = 0; step <= ARC_STEPS; step++) {
        float share = (float)step / ARC_STEPS;
        add_point(shape, between(between(from, at, share), between(at, to, share), share));
    }
}

static void make_shape(const struct board_paint *paint, struct shape *shape)
{
    const struct board_picture *picture = paint->parts->picture;
    float radius = (float)picture->corner_radius_um * paint->layout->scale;
    shape->count = 0;
    for (size_t i = 0; i < picture->corner_count; i++) {
        add_corner(shape, paint, i, radius);
    }
}

static void sort(float *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        float value = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--) {
            values[at] = values[at - 1];
        }
        values[at] = value;
    }
}

/* Where an edge crosses a height; false: it does not. */
static bool crossing(const struct shape *shape, size_t edge, float y, float *x)
{
    struct point a = shape->points[edge];
    struct point b = shape->points[(edge + 1) % shape->count];
    if ((a.y > y) == (b.y > y)) {
        return false;
    }
    *x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
    return true;
}

static size_t crossings(const struct shape *shape, float y, float xs[POINTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < shape->count; i++) {
        count += crossing(shape, i, y, &xs[count]);
    }
    sort(xs, count);
    return count;
}

/* One row of pixels after the other: any outline will do, also one that crosses itself. */
static void fill_shape(const struct board_paint *paint, const struct shape *shape, float dy,
                       color value)
{
    float step = 1 / paint->pixel_scale;
    float top = shape->points[0].y;
    float bottom = top;
    for (size_t i = 1; i < shape->count; i++) {
        top = fminf(top, shape->points[i].y);
        bottom = fmaxf(bottom, shape->points[i].y);
    }
    struct rect visible = canvas_area(paint->canvas);
    top = floorf(fmaxf(top, visible.y - dy) / step) * step;
    bottom = fminf(bottom, visible.y + visible.height - dy);
    for (float y = top; y < bottom; y += step) {
        float xs[POINTS_MAX];
        size_t count = crossings(shape, y + step / 2, xs);
        for (size_t i = 0; i + 1 < count; i += 2) {
            canvas_fill(paint->canvas, (struct rect){xs[i], y + dy, xs[i + 1] - xs[i], step},
                        value);
        }
    }
}

/* The edge over the steps that rows of pixels make. */
static void line_shape(const struct board_paint *paint, const struct shape *shape, color value)
{
    for (size_t i = 0; i < shape->count; i++) {
        struct point a = shape->points[i];
        struct point b = shape->points[(i + 1) % shape->count];
        canvas_line(paint->canvas, a.x, a.y, b.x, b.y, 1.5F, value);
    }
}

static bool is_box(const struct board_picture *picture)
{
    if (picture->corner_count != 4) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        struct board_picture_point a = picture->corners[i];
        struct board_picture_point b = picture->corners[(i + 1) % 4];
        if (a.x_um != b.x_um && a.y_um != b.y_um) {
            return false;
        }
    }
    return true;
}

/* Of each step of the shadow: together they fade out. */
static color shadow_of(const struct board_paint *paint)
{
    return paint->context->theme->kind == THEME_DARK ? 0x00000012U : 0x10203008U;
}

static void paint_box(const struct board_paint *paint)
{
    struct rect box = paint->layout->outline;
    float radius = (float)paint->parts->picture->corner_radius_um * paint->layout->scale;
    for (int i = SHADOW_STEPS; i > 0; i--) {
        struct rect shadow = board_grow(box, (float)i * 1.5F - 1.5F);
        shadow.y += SHADOW_DOWN;
        /* Only as far as it comes out from under the board. */
        canvas_frame_round(paint->canvas, shadow, radius + (float)i * 1.5F,
                           (float)i * 1.5F + 2 * SHADOW_DOWN, shadow_of(paint));
    }
    canvas_fill_round(paint->canvas, box, radius, paint->solder);
    canvas_frame_round(paint->canvas, box, radius, 1, board_tint(paint->solder, 260));
}

void board_paint_outline(const struct board_paint *paint)
{
    struct shape shape;
    if (is_box(paint->parts->picture)) {
        paint_box(paint);
        return;
    }
    make_shape(paint, &shape);
    for (int i = SHADOW_STEPS; i > 0; i--) {
        fill_shape(paint, &shape, (float)i * 1.2F, shadow_of(paint));
    }
    fill_shape(paint, &shape, 0, paint->solder);
    line_shape(paint, &shape, board_tint(paint->solder, 260));
}
