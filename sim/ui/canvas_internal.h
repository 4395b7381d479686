/* sim/ui/canvas_internal.h - how a canvas is made inside: one array of pixels that our own
 * rasteriser fills, so that a window and a picture show the very same; SDL only carries the array
 * to the screen. */
#ifndef SIM_UI_CANVAS_INTERNAL_H
#define SIM_UI_CANVAS_INTERNAL_H

#include "sim/ui/canvas.h"

#define CANVAS_CLIPS_MAX    32
#define CANVAS_PICTURES_MAX 4
#define CANVAS_SIDE_MAX     16384

struct SDL_Renderer;
struct SDL_Texture;
struct canvas_fonts; /* opaque: faces and the glyphs drawn so far */

/* Pixels from left to before right, top to before bottom. */
struct pixel_box {
    int left, top, right, bottom;
};

/* A picture as it was scaled last. */
struct scaled_picture {
    uint32_t key, changes, width, height; /* of the source */
    int scaled_width, scaled_height;
    uint32_t *pixels; /* owned; NULL: free */
};

struct canvas {
    struct SDL_Window *window; /* NULL: a picture */
    struct SDL_Renderer *renderer;
    struct SDL_Texture *texture;
    int width, height; /* pixels */
    float scale, text_scale;
    uint32_t *pixels; /* rows of 0xffRRGGBB */
    uint8_t *bytes;   /* the same as canvas_pixels gives it; made when asked for */
    struct pixel_box clips[CANVAS_CLIPS_MAX];
    size_t clip_depth; /* may be more than there is room for */
    struct canvas_fonts *fonts;
    struct scaled_picture pictures[CANVAS_PICTURES_MAX];
    size_t next_picture;
};

/* The part of the pixels that may be drawn to now. */
struct pixel_box canvas_clip(const struct canvas *canvas);
struct pixel_box pixel_box_cut(struct pixel_box box, struct pixel_box by);

/* Points to pixels. Whatever is given (not a number, absurdly far) the result is a harmless number.
 */
float canvas_to_pixels(const struct canvas *canvas, float points);
int pixel_round(float pixels);

/* `above` is 0x??RRGGBB, alpha 0 to 255; what is below is opaque and stays so. */
static inline uint32_t pixel_blend(uint32_t below, uint32_t above, uint32_t alpha)
{
    uint32_t weight = alpha + (alpha >> 7);
    uint32_t rest = 256U - weight;
    uint32_t red_blue = ((above & 0xff00ffU) * weight + (below & 0xff00ffU) * rest) >> 8;
    uint32_t green = ((above & 0x00ff00U) * weight + (below & 0x00ff00U) * rest) >> 8;
    return 0xff000000U | (red_blue & 0xff00ffU) | (green & 0x00ff00U);
}

/* A part of a row, in a colour that may be transparent; inside of the clip already. */
void canvas_span(uint32_t *row, int left, int right, color paint);

/* Opens the faces, so that what is missing is said at once. NULL with one line. */
struct canvas_fonts *canvas_fonts_open(struct sim_error *error);
void canvas_fonts_close(struct canvas_fonts *fonts);
/* To the canvas's scales, which may have changed. */
void canvas_fonts_fit(struct canvas *canvas);

#endif
