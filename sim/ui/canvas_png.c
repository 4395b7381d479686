/* Pictures in and out: bytes of a display onto the canvas, the canvas into a file. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "sim/ui/canvas_internal.h"

#define SOURCE_SIDE_MAX 4096U

/* The mean of what of the source lies below one pixel of the result, along one row and then over
 * rows: sharp when it grows by whole numbers, smooth when it shrinks. */
static uint32_t mean_below(const uint8_t *rgb, uint32_t width, const float across[2],
                           const float down[2])
{
    float sums[3] = {0};
    float total = 0;
    for (uint32_t y = (uint32_t)down[0]; (float)y < down[1]; y++) {
        float tall = fminf(down[1], (float)y + 1) - fmaxf(down[0], (float)y);
        for (uint32_t x = (uint32_t)across[0]; (float)x < across[1]; x++) {
            float weight = (fminf(across[1], (float)x + 1) - fmaxf(across[0], (float)x)) * tall;
            const uint8_t *pixel = rgb + 3 * ((size_t)y * width + x);
            for (int i = 0; i < 3; i++) {
                sums[i] += weight * (float)pixel[i];
            }
            total += weight;
        }
    }
    if (!(total > 0)) {
        return 0xff000000U;
    }
    uint32_t red = (uint32_t)(sums[0] / total + 0.5F);
    uint32_t green = (uint32_t)(sums[1] / total + 0.5F);
    uint32_t blue = (uint32_t)(sums[2] / total + 0.5F);
    return 0xff000000U | red << 16 | green << 8 | blue;
}

static void scale_picture(struct scaled_picture *picture, const uint8_t *rgb)
{
    float step_x = (float)picture->width / (float)picture->scaled_width;
    float step_y = (float)picture->height / (float)picture->scaled_height;
    for (int y = 0; y < picture->scaled_height; y++) {
        float down[2] = {(float)y * step_y, fminf((float)(y + 1) * step_y, (float)picture->height)};
        uint32_t *row = picture->pixels + (size_t)y * (size_t)picture->scaled_width;
        for (int x = 0; x < picture->scaled_width; x++) {
            float across[2] = {(float)x * step_x,
                               fminf((float)(x + 1) * step_x, (float)picture->width)};
            row[x] = mean_below(rgb, picture->width, across, down);
        }
    }
}

static bool is_kept(const struct scaled_picture *kept, const struct scaled_picture *wanted)
{
    return kept->pixels != NULL && kept->key == wanted->key && kept->changes == wanted->changes &&
           kept->width == wanted->width && kept->height == wanted->height &&
           kept->scaled_width == wanted->scaled_width &&
           kept->scaled_height == wanted->scaled_height;
}

static struct scaled_picture *find_picture(struct canvas *canvas, struct scaled_picture wanted,
                                           const uint8_t *rgb)
{
    struct scaled_picture *place = NULL;
    for (size_t i = 0; i < CANVAS_PICTURES_MAX; i++) {
        struct scaled_picture *kept = &canvas->pictures[i];
        if (is_kept(kept, &wanted)) {
            return kept;
        }
        if (kept->pixels != NULL && kept->key == wanted.key) {
            place = kept;
        }
    }
    if (place == NULL) {
        place = &canvas->pictures[canvas->next_picture];
        canvas->next_picture = (canvas->next_picture + 1) % CANVAS_PICTURES_MAX;
    }
    free(place->pixels);
    wanted.pixels =
        malloc((size_t)wanted.scaled_width * (size_t)wanted.scaled_height * sizeof *wanted.pixels);
    *place = wanted;
    if (place->pixels == NULL) {
        return NULL;
    }
    scale_picture(place, rgb);
    return place;
}

void canvas_picture(struct canvas *canvas, struct rect area, uint32_t key, const uint8_t *rgb,
                    uint32_t width, uint32_t height, uint32_t changes)
{
    struct pixel_box whole = {
        .left = pixel_round(canvas_to_pixels(canvas, area.x)),
        .top = pixel_round(canvas_to_pixels(canvas, area.y)),
        .right = pixel_round(canvas_to_pixels(canvas, area.x + area.width)),
        .bottom = pixel_round(canvas_to_pixels(canvas, area.y + area.height)),
    };
    struct scaled_picture wanted = {.key = key,
                                    .changes = changes,
                                    .width = width,
                                    .height = height,
                                    .scaled_width = whole.right - whole.left,
                                    .scaled_height = whole.bottom - whole.top};
    if (width == 0 || height == 0 || width > SOURCE_SIDE_MAX || height > SOURCE_SIDE_MAX ||
        wanted.scaled_width < 1 || wanted.scaled_height < 1 ||
        wanted.scaled_width > CANVAS_SIDE_MAX || wanted.scaled_height > CANVAS_SIDE_MAX) {
        return;
    }
    const struct scaled_picture *picture = find_picture(canvas, wanted, rgb);
    struct pixel_box box = pixel_box_cut(whole, canvas_clip(canvas));
    for (int y = box.top; picture != NULL && box.left < box.right && y < box.bottom; y++) {
        const uint32_t *from =
            picture->pixels + (size_t)(y - whole.top) * (size_t)picture->scaled_width;
        memcpy(canvas->pixels + (size_t)y * (size_t)canvas->width + box.left,
               from + (box.left - whole.left),
               (size_t)(box.right - box.left) * sizeof *canvas->pixels);
    }
}

/* libpng leaves by longjmp when it fails: nothing of ours is changed between. */
static bool write_file(const struct canvas *canvas, FILE *file, png_structp png, png_infop info,
                       uint8_t *row)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)canvas->width, (png_uint_32)canvas->height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = 0; y < canvas->height; y++) {
        const uint32_t *pixels = canvas->pixels + (size_t)y * (size_t)canvas->width;
        for (int x = 0; x < canvas->width; x++) {
            row[3 * x] = (uint8_t)(pixels[x] >> 16);
            row[3 * x + 1] = (uint8_t)(pixels[x] >> 8);
            row[3 * x + 2] = (uint8_t)pixels[x];
        }
        png_write_row(png, row);
    }
    png_write_end(png, info);
    return true;
}

static void on_png_error(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void on_png_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static bool write_png(const struct canvas *canvas, FILE *file)
{
    bool written = false;
    uint8_t *row = malloc(3 * (size_t)canvas->width);
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_png_error, on_png_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    if (row != NULL && info != NULL) {
        written = write_file(canvas, file, png, info, row);
    }
    png_destroy_write_struct(&png, &info);
    free(row);
    return written;
}

bool canvas_write_png(struct canvas *canvas, const char *path, struct sim_error *error)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", path, strerror(errno));
    }
    bool written = write_png(canvas, file);
    if (fclose(file) != 0 || !written) {
        return sim_fail(error, SIM_INTERNAL, "cannot write the picture %s: %s", path,
                        errno != 0 ? strerror(errno) : "libpng refuses");
    }
    return true;
}
