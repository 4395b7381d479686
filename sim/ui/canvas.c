#include "sim/ui/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <SDL.h>

#include "sim/ui/canvas_internal.h"

#define SCALE_MIN      0.25F
#define SCALE_MAX      8.0F
#define TEXT_SCALE_MIN 0.5F
#define TEXT_SCALE_MAX 4.0F
/* Farther than any window; small enough that sums of a few fit an int. */
#define FAR_AWAY 1.0e6F

static float between(float value, float low, float high)
{
    if (!(value >= low)) { /* also not a number */
        return low;
    }
    return value > high ? high : value;
}

float canvas_to_pixels(const struct canvas *canvas, float points)
{
    if (isnan(points)) {
        return 0;
    }
    return between(points * canvas->scale, -FAR_AWAY, FAR_AWAY);
}

int pixel_round(float pixels)
{
    return (int)floorf(pixels + 0.5F);
}

static bool set_size(struct canvas *canvas, int width, int height, struct sim_error *error)
{
    width = width < 1 ? 1 : width > CANVAS_SIDE_MAX ? CANVAS_SIDE_MAX : width;
    height = height < 1 ? 1 : height > CANVAS_SIDE_MAX ? CANVAS_SIDE_MAX : height;
    if (canvas->pixels != NULL && width == canvas->width && height == canvas->height) {
        return true;
    }
    uint32_t *pixels = calloc((size_t)width * (size_t)height, sizeof *pixels);
    if (pixels == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for a picture of %d x %d pixels", width,
                        height);
    }
    free(canvas->pixels);
    free(canvas->bytes);
    canvas->pixels = pixels;
    canvas->bytes = NULL;
    canvas->width = width;
    canvas->height = height;
    return true;
}

static struct canvas *create(float scale, struct sim_error *error)
{
    struct canvas *canvas = calloc(1, sizeof *canvas);
    if (canvas == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory to draw with");
        return NULL;
    }
    canvas->text_scale = 1;
    canvas->fonts = canvas_fonts_open(error);
    if (canvas->fonts == NULL) {
        canvas_destroy(canvas);
        return NULL;
    }
    canvas_set_scale(canvas, scale);
    return canvas;
}

struct canvas *canvas_for_picture(uint32_t width, uint32_t height, float scale,
                                  struct sim_error *error)
{
    if (width == 0 || height == 0 || width > CANVAS_SIDE_MAX || height > CANVAS_SIDE_MAX) {
        sim_fail(error, SIM_WRONG_USE, "a picture of %u x %u pixels: each side has 1 to %d",
                 (unsigned)width, (unsigned)height, CANVAS_SIDE_MAX);
        return NULL;
    }
    struct canvas *canvas = create(scale, error);
    if (canvas != NULL && !set_size(canvas, (int)width, (int)height, error)) {
        canvas_destroy(canvas);
        return NULL;
    }
    return canvas;
}

/* The window's pixels now: more than its size says on a high-density screen. */
static bool follow_window(struct canvas *canvas, struct sim_error *error)
{
    int width = 0;
    int height = 0;
    SDL_RendererInfo info;
    if (SDL_GetRendererOutputSize(canvas->renderer, &width, &height) != 0 ||
        SDL_GetRendererInfo(canvas->renderer, &info) != 0) {
        return sim_fail(error, SIM_INTERNAL, "the window has no size: %s", SDL_GetError());
    }
    if (info.max_texture_width > 0 && width > info.max_texture_width) {
        width = info.max_texture_width;
    }
    if (info.max_texture_height > 0 && height > info.max_texture_height) {
        height = info.max_texture_height;
    }
    bool same = canvas->pixels != NULL && width == canvas->width && height == canvas->height;
    if (!set_size(canvas, width, height, error)) {
        return false;
    }
    if (!same || canvas->texture == NULL) {
        if (canvas->texture != NULL) {
            SDL_DestroyTexture(canvas->texture);
        }
        canvas->texture =
            SDL_CreateTexture(canvas->renderer, SDL_PIXELFORMAT_ARGB8888,
                              SDL_TEXTUREACCESS_STREAMING, canvas->width, canvas->height);
    }
    return canvas->texture != NULL ||
           sim_fail(error, SIM_INTERNAL, "SDL makes no texture: %s", SDL_GetError());
}

/* Without a graphics card OpenGL is played by the processor, with threads of its own: that takes
 * from the simulation what SDL's plain copying does not. */
static bool is_played(SDL_Renderer *renderer)
{
    SDL_RendererInfo info;
    if (SDL_GetRendererInfo(renderer, &info) != 0 || strncmp(info.name, "opengl", 6) != 0) {
        return false;
    }
    const unsigned char *(*get_string)(unsigned) = NULL;
    *(void **)&get_string = SDL_GL_GetProcAddress("glGetString");
    const char *name = get_string != NULL ? (const char *)get_string(0x1f01) : NULL; /* RENDERER */
    return name != NULL && (strstr(name, "llvmpipe") != NULL || strstr(name, "softpipe") != NULL ||
                            strstr(name, "oftware") != NULL);
}

static SDL_Renderer *create_renderer(SDL_Window *window)
{
    SDL_Renderer *renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_PRESENTVSYNC);
    if (renderer != NULL && is_played(renderer)) {
        SDL_DestroyRenderer(renderer);
        renderer = NULL;
        SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"); /* nor by that way round */
    }
    return renderer != NULL ? renderer : SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
}

struct canvas *canvas_for_window(struct SDL_Window *window, float scale, struct sim_error *error)
{
    struct canvas *canvas = create(scale, error);
    if (canvas == NULL) {
        return NULL;
    }
    canvas->window = window;
    canvas->renderer = create_renderer(window);
    if (canvas->renderer == NULL) {
        sim_fail(error, SIM_INTERNAL, "SDL cannot draw in its window: %s", SDL_GetError());
        canvas_destroy(canvas);
        return NULL;
    }
    if (!follow_window(canvas, error)) {
        canvas_destroy(canvas);
        return NULL;
    }
    return canvas;
}

void canvas_destroy(struct canvas *canvas)
{
    if (canvas == NULL) {
        return;
    }
    if (canvas->texture != NULL) {
        SDL_DestroyTexture(canvas->texture);
    }
    if (canvas->renderer != NULL) {
        SDL_DestroyRenderer(canvas->renderer);
    }
    for (size_t i = 0; i < CANVAS_PICTURES_MAX; i++) {
        free(canvas->pictures[i].pixels);
    }
    canvas_fonts_close(canvas->fonts);
    free(canvas->pixels);
    free(canvas->bytes);
    free(canvas);
}

struct rect canvas_area(const struct canvas *canvas)
{
    return (struct rect){.width = (float)canvas->width / canvas->scale,
                         .height = (float)canvas->height / canvas->scale};
}

float canvas_scale(const struct canvas *canvas)
{
    return canvas->scale;
}

void canvas_set_scale(struct canvas *canvas, float scale)
{
    canvas->scale = between(scale, SCALE_MIN, SCALE_MAX);
    canvas_fonts_fit(canvas);
}

void canvas_set_text_scale(struct canvas *canvas, float factor)
{
    canvas->text_scale = between(factor, TEXT_SCALE_MIN, TEXT_SCALE_MAX);
    canvas_fonts_fit(canvas);
}

void canvas_begin(struct canvas *canvas, color background)
{
    if (canvas->window != NULL) {
        /* A window that cannot be drawn to now (its display is gone) is drawn to no less: the old
         * pixels are there. */
        struct sim_error ignored = {0};
        follow_window(canvas, &ignored);
    }
    canvas->clip_depth = 0;
    for (int y = 0; y < canvas->height; y++) {
        canvas_span(canvas->pixels + (size_t)y * (size_t)canvas->width, 0, canvas->width,
                    background | 0xffU);
    }
}

void canvas_end(struct canvas *canvas)
{
    if (canvas->renderer == NULL || canvas->texture == NULL) {
        return;
    }
    SDL_UpdateTexture(canvas->texture, NULL, canvas->pixels,
                      canvas->width * (int)sizeof *canvas->pixels);
    SDL_RenderCopy(canvas->renderer, canvas->texture, NULL, NULL);
    SDL_RenderPresent(canvas->renderer);
}

struct pixel_box pixel_box_cut(struct pixel_box box, struct pixel_box by)
{
    box.left = box.left > by.left ? box.left : by.left;
    box.top = box.top > by.top ? box.top : by.top;
    box.right = box.right < by.right ? box.right : by.right;
    box.bottom = box.bottom < by.bottom ? box.bottom : by.bottom;
    if (box.right < box.left) {
        box.right = box.left;
    }
    if (box.bottom < box.top) {
        box.bottom = box.top;
    }
    return box;
}

struct pixel_box canvas_clip(const struct canvas *canvas)
{
    if (canvas->clip_depth == 0) {
        return (struct pixel_box){.right = canvas->width, .bottom = canvas->height};
    }
    size_t depth =
        canvas->clip_depth < CANVAS_CLIPS_MAX ? canvas->clip_depth : (size_t)CANVAS_CLIPS_MAX;
    return canvas->clips[depth - 1];
}

void canvas_push_clip(struct canvas *canvas, struct rect area)
{
    struct pixel_box box = {
        .left = pixel_round(canvas_to_pixels(canvas, area.x)),
        .top = pixel_round(canvas_to_pixels(canvas, area.y)),
        .right = pixel_round(canvas_to_pixels(canvas, area.x + area.width)),
        .bottom = pixel_round(canvas_to_pixels(canvas, area.y + area.height)),
    };
    box = pixel_box_cut(box, canvas_clip(canvas));
    if (canvas->clip_depth < CANVAS_CLIPS_MAX) {
        canvas->clips[canvas->clip_depth] = box;
    }
    canvas->clip_depth++;
}

void canvas_pop_clip(struct canvas *canvas)
{
    if (canvas->clip_depth > 0) {
        canvas->clip_depth--;
    }
}

const uint8_t *canvas_pixels(struct canvas *canvas, uint32_t *width, uint32_t *height)
{
    size_t count = (size_t)canvas->width * (size_t)canvas->height;
    *width = (uint32_t)canvas->width;
    *height = (uint32_t)canvas->height;
    if (canvas->bytes == NULL) {
        canvas->bytes = malloc(count * 4);
    }
    for (size_t i = 0; canvas->bytes != NULL && i < count; i++) {
        uint32_t pixel = canvas->pixels[i];
        canvas->bytes[4 * i] = (uint8_t)(pixel >> 16);
        canvas->bytes[4 * i + 1] = (uint8_t)(pixel >> 8);
        canvas->bytes[4 * i + 2] = (uint8_t)pixel;
        canvas->bytes[4 * i + 3] = (uint8_t)(pixel >> 24);
    }
    return canvas->bytes;
}
