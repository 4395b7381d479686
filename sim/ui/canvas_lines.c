/* Straight edges in any direction: a convex polygon is what all of its edges have on their inner
 * side; a slanted line is a polygon of four. */
#include <math.h>

#include "sim/ui/canvas_internal.h"

#define EDGES_MAX 64

/* depth = across * x + down * y + offset: pixels inside of the edge. */
struct edge {
    float across, down, offset;
};

static size_t find_edges(const struct canvas *canvas, const float *points, size_t count,
                         struct edge edges[EDGES_MAX])
{
    /* Twice the area says which way round the corners go. */
    float area = 0;
    for (size_t i = 0; i < count; i++) {
        size_t next = (i + 1) % count;
        area += points[2 * i] * points[2 * next + 1] - points[2 * next] * points[2 * i + 1];
    }
    float turn = area < 0 ? -1.0F : 1.0F;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        size_t next = (i + 1) % count;
        float x = canvas_to_pixels(canvas, points[2 * i]);
        float y = canvas_to_pixels(canvas, points[2 * i + 1]);
        float dx = canvas_to_pixels(canvas, points[2 * next]) - x;
        float dy = canvas_to_pixels(canvas, points[2 * next + 1]) - y;
        float length = sqrtf(dx * dx + dy * dy);
        if (length > 1.0e-3F) {
            struct edge *edge = &edges[found++];
            edge->across = -dy / length * turn;
            edge->down = dx / length * turn;
            edge->offset = -(edge->across * x + edge->down * y);
        }
    }
    return found;
}

/* The part of a row in which each edge's depth is at least `depth`. */
static void row_range(const struct edge *edges, size_t count, float y, float depth, float *left,
                      float *right)
{
    for (size_t i = 0; i < count; i++) {
        float rest = depth - (edges[i].down * y + edges[i].offset);
        if (fabsf(edges[i].across) < 1.0e-6F) {
            if (rest > 0) {
                *right = *left;
            }
        } else if (edges[i].across > 0) {
            *left = fmaxf(*left, rest / edges[i].across);
        } else {
            *right = fminf(*right, rest / edges[i].across);
        }
    }
}

static float depth_at(const struct edge *edges, size_t count, float x, float y)
{
    float depth = 1;
    for (size_t i = 0; i < count; i++) {
        depth = fminf(depth, edges[i].across * x + edges[i].down * y + edges[i].offset);
    }
    return depth;
}

static void draw_row(uint32_t *row, struct pixel_box box, int y, const struct edge *edges,
                     size_t count, color paint)
{
    float middle = (float)y + 0.5F;
    float outer_left = (float)box.left;
    float outer_right = (float)box.right;
    row_range(edges, count, middle, -0.5F, &outer_left, &outer_right);
    if (outer_right <= outer_left) {
        return;
    }
    float full_left = (float)box.left;
    float full_right = (float)box.right;
    row_range(edges, count, middle, 0.5F, &full_left, &full_right);
    int first = (int)floorf(outer_left);
    int last = (int)ceilf(outer_right);
    int full_first = (int)ceilf(full_left - 0.5F);
    int full_last = (int)floorf(full_right + 0.5F);
    if (full_last <= full_first) {
        full_first = full_last = last;
    }
    for (int x = first < box.left ? box.left : first; x < last && x < box.right; x++) {
        if (x == full_first) {
            canvas_span(row, full_first, full_last, paint);
            x = full_last - 1;
            continue;
        }
        float coverage = depth_at(edges, count, (float)x + 0.5F, middle) + 0.5F;
        if (coverage > 0) {
            float alpha = fminf(1, coverage) * (float)(paint & 0xffU) + 0.5F;
            row[x] = pixel_blend(row[x], paint >> 8, (uint32_t)alpha);
        }
    }
}

void canvas_polygon(struct canvas *canvas, const float *points, size_t count, color paint)
{
    if (count < 3 || count > EDGES_MAX) {
        return;
    }
    struct edge edges[EDGES_MAX];
    size_t edge_count = find_edges(canvas, points, count, edges);
    if (edge_count < 3) {
        return;
    }
    float left = canvas_to_pixels(canvas, points[0]);
    float right = left;
    float top = canvas_to_pixels(canvas, points[1]);
    float bottom = top;
    for (size_t i = 1; i < count; i++) {
        left = fminf(left, canvas_to_pixels(canvas, points[2 * i]));
        right = fmaxf(right, canvas_to_pixels(canvas, points[2 * i]));
        top = fminf(top, canvas_to_pixels(canvas, points[2 * i + 1]));
        bottom = fmaxf(bottom, canvas_to_pixels(canvas, points[2 * i + 1]));
    }
    struct pixel_box box = {.left = (int)floorf(left) - 1,
                            .top = (int)floorf(top) - 1,
                            .right = (int)ceilf(right) + 1,
                            .bottom = (int)ceilf(bottom) + 1};
    box = pixel_box_cut(box, canvas_clip(canvas));
    for (int y = box.top; y < box.bottom; y++) {
        draw_row(canvas->pixels + (size_t)y * (size_t)canvas->width, box, y, edges, edge_count,
                 paint);
    }
}

void canvas_line(struct canvas *canvas, float x0, float y0, float x1, float y1, float line_width,
                 color paint)
{
    float dx = x1 - x0;
    float dy = y1 - y0;
    float length = sqrtf(dx * dx + dy * dy);
    if (!(length > 0)) {
        return;
    }
    /* Thinner than a pixel: one pixel wide, and paler. */
    float width = line_width;
    float pixels = canvas_to_pixels(canvas, line_width);
    if (pixels < 1) {
        width = 1 / canvas->scale;
        paint = color_fade(paint, (uint32_t)((float)(paint & 0xffU) * fmaxf(0, pixels)));
    }
    if (fabsf(dx) < 1.0e-3F || fabsf(dy) < 1.0e-3F) {
        /* Along an axis: a sharp bar of whole pixels, its middle as near as can be. */
        bool upright = fabsf(dx) < fabsf(dy);
        struct rect bar = {
            .x = upright ? x0 - width / 2 : fminf(x0, x1),
            .y = upright ? fminf(y0, y1) : y0 - width / 2,
            .width = upright ? width : fabsf(dx),
            .height = upright ? fabsf(dy) : width,
        };
        canvas_fill(canvas, bar, paint);
        return;
    }
    float across = -dy / length * width / 2;
    float down = dx / length * width / 2;
    const float corners[8] = {x0 + across, y0 + down, x1 + across, y1 + down,
                              x1 - across, y1 - down, x0 - across, y0 - down};
    canvas_polygon(canvas, corners, 4, paint);
}
