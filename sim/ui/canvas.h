/* sim/ui/canvas.h - what panes draw with: shapes with smooth edges and text, over SDL. Lengths are
 * points: pixels at a scale of 1. The same drawing goes to a window or, with SDL's software
 * renderer, into a picture. */
#ifndef SIM_UI_CANVAS_H
#define SIM_UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"
#include "sim/ui/theme.h"

struct SDL_Window;
struct canvas; /* opaque */

struct rect {
    float x, y, width, height;
};

/* Whether a point lies in it: its left and upper edge do, its right and lower one do not. */
static inline bool rect_holds(struct rect area, float x, float y)
{
    return x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
}

enum canvas_font {
    CANVAS_SANS,  /* 13 points: labels */
    CANVAS_SMALL, /* 10.5 points: ticks, units */
    CANVAS_BOLD,  /* 13 points: titles */
    CANVAS_LARGE, /* 22 points: the clock, captions */
    CANVAS_MONO,  /* 12.5 points: addresses, the terminal */
    CANVAS_FONTS,
};

enum canvas_align { CANVAS_LEFT, CANVAS_CENTRE, CANVAS_RIGHT };

/* For a window, or for a picture of so many pixels. `scale`: pixels per point. SIM_WRONG_USE with
 * one line when no font can be had, SIM_INTERNAL when SDL refuses. */
struct canvas *canvas_for_window(struct SDL_Window *window, float scale, struct sim_error *error);
struct canvas *canvas_for_picture(uint32_t width, uint32_t height, float scale,
                                  struct sim_error *error);
void canvas_destroy(struct canvas *canvas);

/* Points that there are now; a window may have been resized. */
struct rect canvas_area(const struct canvas *canvas);
void canvas_set_scale(struct canvas *canvas, float scale);
float canvas_scale(const struct canvas *canvas); /* pixels per point */

void canvas_begin(struct canvas *canvas, color background);
void canvas_end(struct canvas *canvas); /* shows it, when it is a window's */

/* Everything until the matching pop is cut to `area` and to what was pushed before. */
void canvas_push_clip(struct canvas *canvas, struct rect area);
void canvas_pop_clip(struct canvas *canvas);

void canvas_fill(struct canvas *canvas, struct rect area, color paint);
void canvas_fill_round(struct canvas *canvas, struct rect area, float radius, color paint);
void canvas_frame(struct canvas *canvas, struct rect area, float line_width, color paint);
void canvas_frame_round(struct canvas *canvas, struct rect area, float radius, float line_width,
                        color paint);
void canvas_circle(struct canvas *canvas, float x, float y, float radius, color paint);
void canvas_ring(struct canvas *canvas, float x, float y, float radius, float line_width,
                 color paint);
/* From `paint` in the middle to nothing at the radius. */
void canvas_glow(struct canvas *canvas, float x, float y, float radius, color paint);
void canvas_line(struct canvas *canvas, float x0, float y0, float x1, float y1, float line_width,
                 color paint);
/* A convex polygon of (x, y) pairs. */
void canvas_polygon(struct canvas *canvas, const float *points, size_t count, color paint);
/* Slanted lines over the area: a second sign beside the colour. */
void canvas_hatch(struct canvas *canvas, struct rect area, float spacing, color paint);
/* Rows of 3 bytes a pixel, scaled to the area. `changes` says when `rgb` has another content;
 * `key` tells pictures apart. */
void canvas_picture(struct canvas *canvas, struct rect area, uint32_t key, const uint8_t *rgb,
                    uint32_t width, uint32_t height, uint32_t changes);

/* UTF-8, one line, `y` is its upper edge; what does not fit into `width` ends in an ellipsis (0: no
 * limit). `x` is the left edge, the middle or the right edge, as `align` says. Returns its width.
 */
float canvas_text(struct canvas *canvas, enum canvas_font font, float x, float y, float width,
                  enum canvas_align align, color paint, const char *text);
float canvas_text_width(struct canvas *canvas, enum canvas_font font, const char *text);
float canvas_line_height(const struct canvas *canvas, enum canvas_font font);
/* Fonts larger than usual (1: usual), for a projector. */
void canvas_set_text_scale(struct canvas *canvas, float factor);

/* Writes what was drawn since canvas_begin as PNG; for pictures. */
bool canvas_write_png(struct canvas *canvas, const char *path, struct sim_error *error);
/* The pixels, 4 bytes each (red, green, blue, alpha); for tests. Owned by the canvas. */
const uint8_t *canvas_pixels(struct canvas *canvas, uint32_t *width, uint32_t *height);

#endif
