/* Shapes: how much of a pixel a shape covers follows from the distance of the pixel's middle to the
 * edge, which is right to a few percent for edges that are straight at the size of a pixel. Edges
 * along the axes are moved to whole pixels instead, so that they are sharp and neighbours meet. */
#include <math.h>

#include "sim/ui/canvas_internal.h"

void canvas_span(uint32_t *row, int left, int right, color paint)
{
    uint32_t alpha = paint & 0xffU;
    uint32_t pixel = 0xff000000U | (paint >> 8);
    if (alpha == 0xffU) {
        for (int x = left; x < right; x++) {
            row[x] = pixel;
        }
    } else if (alpha != 0) {
        for (int x = left; x < right; x++) {
            row[x] = pixel_blend(row[x], pixel, alpha);
        }
    }
}

static uint32_t *row_of(struct canvas *canvas, int y)
{
    return canvas->pixels + (size_t)y * (size_t)canvas->width;
}

/* The same colour, covering only a part (0 to 1). */
static color partly(color paint, float coverage)
{
    if (coverage >= 1) {
        return paint;
    }
    float alpha = coverage > 0 ? (float)(paint & 0xffU) * coverage + 0.5F : 0;
    return (paint & 0xffffff00U) | (uint32_t)alpha;
}

static void put(uint32_t *row, int x, color paint, float coverage)
{
    color part = partly(paint, coverage);
    row[x] = pixel_blend(row[x], part >> 8, part & 0xffU);
}

static void fill_box(struct canvas *canvas, struct pixel_box box, color paint)
{
    box = pixel_box_cut(box, canvas_clip(canvas));
    for (int y = box.top; y < box.bottom; y++) {
        canvas_span(row_of(canvas, y), box.left, box.right, paint);
    }
}

static int smaller(int first, int second)
{
    return first < second ? first : second;
}

static int larger(int first, int second)
{
    return first > second ? first : second;
}

/* One side of a rectangle on whole pixels. What is thinner than a pixel stays one pixel, and covers
 * it in part: a crowd of thin marks has the shade that it should have. Returns the coverage. */
static float snap(float from, float length, int *first, int *after)
{
    if (!(length > 0)) {
        *first = *after = 0;
        return 0;
    }
    if (length < 0.999F) {
        *first = (int)floorf(from);
        *after = *first + 1;
        return length;
    }
    *first = pixel_round(from);
    *after = larger(pixel_round(from + length), *first + 1);
    return 1;
}

static float snap_area(const struct canvas *canvas, struct rect area, struct pixel_box *box)
{
    float across = snap(canvas_to_pixels(canvas, area.x), canvas_to_pixels(canvas, area.width),
                        &box->left, &box->right);
    float down = snap(canvas_to_pixels(canvas, area.y), canvas_to_pixels(canvas, area.height),
                      &box->top, &box->bottom);
    return across * down;
}

void canvas_fill(struct canvas *canvas, struct rect area, color paint)
{
    struct pixel_box box;
    float coverage = snap_area(canvas, area, &box);
    if (coverage > 0) {
        fill_box(canvas, box, partly(paint, coverage));
    }
}

static int line_pixels(const struct canvas *canvas, float line_width)
{
    return larger(1, pixel_round(canvas_to_pixels(canvas, line_width)));
}

void canvas_frame(struct canvas *canvas, struct rect area, float line_width, color paint)
{
    struct pixel_box box;
    if (snap_area(canvas, area, &box) <= 0) {
        return;
    }
    int line = line_pixels(canvas, line_width);
    int top = smaller(box.top + line, box.bottom);
    int bottom = larger(box.bottom - line, top);
    int left = smaller(box.left + line, box.right);
    int right = larger(box.right - line, left);
    fill_box(canvas, (struct pixel_box){box.left, box.top, box.right, top}, paint);
    fill_box(canvas, (struct pixel_box){box.left, bottom, box.right, box.bottom}, paint);
    fill_box(canvas, (struct pixel_box){box.left, top, left, bottom}, paint);
    fill_box(canvas, (struct pixel_box){right, top, box.right, bottom}, paint);
}

/* A box with round corners, or its frame (`line` > 0). */
struct round_box {
    struct pixel_box box;
    float radius, line;
};

/* How far the middle of pixel (x, y) lies inside of the shape's edge. */
static float depth_in(const struct round_box *shape, int x, int y)
{
    const struct pixel_box *box = &shape->box;
    float dx = fmaxf((float)box->left + shape->radius - ((float)x + 0.5F),
                     (float)x + 0.5F - ((float)box->right - shape->radius));
    float dy = fmaxf((float)box->top + shape->radius - ((float)y + 0.5F),
                     (float)y + 0.5F - ((float)box->bottom - shape->radius));
    if (dx > 0 && dy > 0) {
        return shape->radius - sqrtf(dx * dx + dy * dy);
    }
    return shape->radius - fmaxf(dx, dy);
}

static float coverage_of(const struct round_box *shape, int x, int y)
{
    float depth = depth_in(shape, x, y);
    float coverage = fminf(1, depth + 0.5F);
    return shape->line > 0 ? fminf(coverage, shape->line - depth + 0.5F) : coverage;
}

static void put_part(struct canvas *canvas, const struct round_box *shape, struct pixel_box part,
                     color paint)
{
    part = pixel_box_cut(part, canvas_clip(canvas));
    for (int y = part.top; y < part.bottom; y++) {
        uint32_t *row = row_of(canvas, y);
        for (int x = part.left; x < part.right; x++) {
            float coverage = coverage_of(shape, x, y);
            if (coverage > 0) {
                put(row, x, paint, coverage);
            }
        }
    }
}

/* The four corners pixel by pixel, the rest as whole boxes. */
static void draw_round(struct canvas *canvas, const struct round_box *shape, color paint)
{
    struct pixel_box box = shape->box;
    int corner = (int)ceilf(fmaxf(shape->radius, shape->line));
    int left = smaller(box.left + corner, (box.left + box.right) / 2);
    int right = larger(box.right - corner, left);
    int top = smaller(box.top + corner, (box.top + box.bottom) / 2);
    int bottom = larger(box.bottom - corner, top);
    put_part(canvas, shape, (struct pixel_box){box.left, box.top, left, top}, paint);
    put_part(canvas, shape, (struct pixel_box){right, box.top, box.right, top}, paint);
    put_part(canvas, shape, (struct pixel_box){box.left, bottom, left, box.bottom}, paint);
    put_part(canvas, shape, (struct pixel_box){right, bottom, box.right, box.bottom}, paint);
    if (shape->line <= 0) {
        fill_box(canvas, (struct pixel_box){left, box.top, right, top}, paint);
        fill_box(canvas, (struct pixel_box){left, bottom, right, box.bottom}, paint);
        fill_box(canvas, (struct pixel_box){box.left, top, box.right, bottom}, paint);
        return;
    }
    int line = (int)shape->line;
    fill_box(canvas, (struct pixel_box){left, box.top, right, box.top + line}, paint);
    fill_box(canvas, (struct pixel_box){left, box.bottom - line, right, box.bottom}, paint);
    fill_box(canvas, (struct pixel_box){box.left, top, box.left + line, bottom}, paint);
    fill_box(canvas, (struct pixel_box){box.right - line, top, box.right, bottom}, paint);
}

static float fitting_radius(const struct canvas *canvas, struct pixel_box box, float radius)
{
    float most = (float)smaller(box.right - box.left, box.bottom - box.top) / 2;
    return fminf(most, fmaxf(0, canvas_to_pixels(canvas, radius)));
}

void canvas_fill_round(struct canvas *canvas, struct rect area, float radius, color paint)
{
    struct round_box shape = {.line = 0};
    float coverage = snap_area(canvas, area, &shape.box);
    if (coverage > 0) {
        shape.radius = fitting_radius(canvas, shape.box, radius);
        draw_round(canvas, &shape, partly(paint, coverage));
    }
}

void canvas_frame_round(struct canvas *canvas, struct rect area, float radius, float line_width,
                        color paint)
{
    struct round_box shape;
    if (snap_area(canvas, area, &shape.box) <= 0) {
        return;
    }
    int side = smaller(shape.box.right - shape.box.left, shape.box.bottom - shape.box.top);
    int line = line_pixels(canvas, line_width);
    if (2 * line >= side) {
        canvas_fill_round(canvas, area, radius, paint);
        return;
    }
    shape.line = (float)line;
    shape.radius = fitting_radius(canvas, shape.box, radius);
    draw_round(canvas, &shape, paint);
}

/* Everything round: `coverage` of a pixel by its distance from the middle, for rows that the circle
 * of the radius reaches. */
struct disc {
    float x, y, radius;
    float inner; /* of a ring; negative: none */
    bool fading; /* a glow */
};

static float disc_coverage(const struct disc *disc, float distance)
{
    if (disc->fading) {
        float share = 1 - distance / disc->radius;
        return share > 0 ? share * share : 0;
    }
    float coverage = fminf(1, disc->radius - distance + 0.5F);
    return disc->inner >= 0 ? fminf(coverage, distance - disc->inner + 0.5F) : coverage;
}

static void draw_disc(struct canvas *canvas, const struct disc *disc, color paint)
{
    if (!(disc->radius > 0)) {
        return;
    }
    struct pixel_box box = {
        .left = (int)floorf(disc->x - disc->radius - 1),
        .top = (int)floorf(disc->y - disc->radius - 1),
        .right = (int)ceilf(disc->x + disc->radius + 1),
        .bottom = (int)ceilf(disc->y + disc->radius + 1),
    };
    box = pixel_box_cut(box, canvas_clip(canvas));
    for (int y = box.top; y < box.bottom; y++) {
        uint32_t *row = row_of(canvas, y);
        float dy = (float)y + 0.5F - disc->y;
        for (int x = box.left; x < box.right; x++) {
            float dx = (float)x + 0.5F - disc->x;
            float coverage = disc_coverage(disc, sqrtf(dx * dx + dy * dy));
            if (coverage > 0) {
                put(row, x, paint, coverage);
            }
        }
    }
}

void canvas_circle(struct canvas *canvas, float x, float y, float radius, color paint)
{
    const struct disc disc = {canvas_to_pixels(canvas, x), canvas_to_pixels(canvas, y),
                              canvas_to_pixels(canvas, radius), -1, false};
    draw_disc(canvas, &disc, paint);
}

void canvas_ring(struct canvas *canvas, float x, float y, float radius, float line_width,
                 color paint)
{
    float outer = canvas_to_pixels(canvas, radius);
    float inner = outer - fmaxf(1, canvas_to_pixels(canvas, line_width));
    const struct disc disc = {canvas_to_pixels(canvas, x), canvas_to_pixels(canvas, y), outer,
                              inner, false};
    draw_disc(canvas, &disc, paint);
}

void canvas_glow(struct canvas *canvas, float x, float y, float radius, color paint)
{
    const struct disc disc = {canvas_to_pixels(canvas, x), canvas_to_pixels(canvas, y),
                              canvas_to_pixels(canvas, radius), -1, true};
    draw_disc(canvas, &disc, paint);
}

void canvas_hatch(struct canvas *canvas, struct rect area, float spacing, color paint)
{
    struct pixel_box box;
    if (snap_area(canvas, area, &box) <= 0) {
        return;
    }
    box = pixel_box_cut(box, canvas_clip(canvas));
    int period = larger(3, pixel_round(canvas_to_pixels(canvas, spacing) * 1.4142F));
    float half = fmaxf(1, canvas->scale) * 0.7071F;
    for (int y = box.top; y < box.bottom; y++) {
        uint32_t *row = row_of(canvas, y);
        for (int x = box.left; x < box.right; x++) {
            /* Counted from the window's corner: hatches that touch go on in each other. */
            float off = fabsf((float)((x + y) % period) - (float)period / 2);
            float coverage = half - off + 0.5F;
            if (coverage > 0) {
                put(row, x, paint, fminf(1, coverage));
            }
        }
    }
}
