#include <math.h>

#include "sim/ui/board_paint.h"

#define LENS_DEFAULT 0xffb000U /* of a light whose colour nobody says */
#define CLUSTER_APART                                                                              \
    1.6F /* lights whose middles are not further apart than this many of                           \
            their lengths sit in one housing */

static bool is_light(const struct board_paint *paint, const struct board_spot *spot)
{
    return spot->device < paint->parts->part_count &&
           paint->parts->parts[spot->device].kind == VIEW_PART_LIGHT;
}

static color lens_of(const struct board_paint *paint, const struct board_spot *spot)
{
    return board_rgb(paint->parts->parts[spot->device].color, board_rgb(LENS_DEFAULT, 0));
}

/* How bright it looks to the eye, in permille: a tenth of the time is far more than a tenth. */
static uint32_t seen(const struct board_paint *paint, const struct board_spot *spot)
{
    uint32_t share = paint->parts->parts[spot->device].brightness;
    if (share == 0) {
        return 0;
    }
    float part = fminf(1, (float)share / VIEW_FULL);
    return (uint32_t)(fmaxf(0.16F, powf(part, 1 / 2.2F)) * 1000);
}

/* On a card it does not outshine its neighbours' words. */
static float size_of(const struct board_spot *spot)
{
    return fmaxf(spot->area.width, spot->area.height) * (spot->item == NULL ? 0.4F : 1.0F);
}

static bool sit_together(const struct board_paint *paint, const struct board_spot *a,
                         const struct board_spot *b)
{
    float dx = a->area.x + a->area.width / 2 - b->area.x - b->area.width / 2;
    float dy = a->area.y + a->area.height / 2 - b->area.y - b->area.height / 2;
    bool near = hypotf(dx, dy) < CLUSTER_APART * fmaxf(size_of(a), size_of(b));
    return a->item != NULL && b->item != NULL && near && lens_of(paint, a) != lens_of(paint, b);
}

/* Lights in one housing as one: its middle, and the sum of what they give. */
struct cluster {
    float x, y, size;
    uint32_t red, green, blue; /* permille of 255 each, summed */
    uint32_t strongest;
    size_t count;
};

static void add_to_cluster(const struct board_paint *paint, const struct board_spot *spot,
                           struct cluster *cluster)
{
    color lens = lens_of(paint, spot);
    uint32_t power = seen(paint, spot);
    cluster->x += spot->area.x + spot->area.width / 2;
    cluster->y += spot->area.y + spot->area.height / 2;
    cluster->size = fmaxf(cluster->size, size_of(spot));
    cluster->red += (lens >> 24 & 0xff) * power;
    cluster->green += (lens >> 16 & 0xff) * power;
    cluster->blue += (lens >> 8 & 0xff) * power;
    cluster->strongest = power > cluster->strongest ? power : cluster->strongest;
    cluster->count++;
}

static uint32_t brightest(const struct cluster *cluster)
{
    uint32_t most = cluster->red > cluster->green ? cluster->red : cluster->green;
    most = most > cluster->blue ? most : cluster->blue;
    return most > 0 ? most : 1;
}

/* Its hue at full brightness: how bright it is the glow's opacity says. */
static color mixed(const struct cluster *cluster)
{
    uint32_t most = brightest(cluster);
    uint32_t red = (uint32_t)((uint64_t)cluster->red * 255 / most);
    uint32_t green = (uint32_t)((uint64_t)cluster->green * 255 / most);
    uint32_t blue = (uint32_t)((uint64_t)cluster->blue * 255 / most);
    return red << 24 | green << 16 | blue << 8 | 0xffU;
}

static void glow(const struct board_paint *paint, const struct cluster *cluster)
{
    float x = cluster->x / (float)cluster->count;
    float y = cluster->y / (float)cluster->count;
    float size = fmaxf(cluster->size, 10);
    color light = mixed(cluster);
    canvas_glow(paint->canvas, x, y, size * 2.6F + 8,
                color_fade(light, 150 * cluster->strongest / 1000));
    canvas_glow(paint->canvas, x, y, size * 1.1F + 2,
                color_fade(board_tint(light, 500), 235 * cluster->strongest / 1000));
}

/* Each light goes into the cluster of the first one that it sits with. */
void board_paint_glow(const struct board_paint *paint)
{
    bool done[BOARD_SPOTS_MAX] = {false};
    const struct board_layout *layout = paint->layout;
    for (size_t i = 0; i < layout->count; i++) {
        struct cluster cluster = {0};
        for (size_t k = i; k < layout->count && is_light(paint, &layout->spots[i]); k++) {
            const struct board_spot *spot = &layout->spots[k];
            if (!done[k] && is_light(paint, spot) &&
                (k == i || (!done[i] && sit_together(paint, &layout->spots[i], spot)))) {
                add_to_cluster(paint, spot, &cluster);
                done[k] = k != i;
            }
        }
        if (cluster.strongest > 0) {
            glow(paint, &cluster);
        }
    }
}

void board_paint_light(const struct board_paint *paint, const struct board_spot *spot)
{
    color lens = lens_of(paint, spot);
    uint32_t power = seen(paint, spot);
    struct rect body = spot->area;
    if (spot->item == NULL) { /* a symbol: a round lens */
        float side = fminf(body.width, body.height) * 0.62F;
        body = (struct rect){body.x + (body.width - side) / 2, body.y + (body.height - side) / 2,
                             side, side};
    }
    float radius = spot->item == NULL ? body.width / 2 : 1.5F;
    float rim = fmaxf(1, fminf(body.width, body.height) * 0.14F);
    color housing = color_mix(0xd8dcdfffU, board_tint(lens, 600), power / 2);
    canvas_fill_round(paint->canvas, body, radius, housing);
    color dark = color_mix(lens, 0x20242affU, 780);
    canvas_fill_round(paint->canvas, board_grow(body, -rim), fmaxf(0, radius - rim),
                      color_mix(dark, board_tint(lens, 350), power));
    if (power > 0) {
        /* On: a bright ring around it, whatever the colour. */
        canvas_frame_round(paint->canvas, board_grow(body, 2.5F), radius + 2.5F, 1.5F,
                           color_fade(board_tint(lens, 550), 110 + 145 * power / 1000));
    }
}
