#include "sim/ui/picture_compare.h"

#include <png.h>
#include <stdlib.h>

/* Of 255; and of the pixels, one in so many, and a few. */
#define SHADE          12
#define ONE_PIXEL_IN   20000U
#define PIXELS_ALLOWED 4U
#define SIDE_MAX       8192U

struct picture_difference picture_compare(const uint8_t *wanted, const uint8_t *actual,
                                          uint32_t width, uint32_t height, uint8_t *difference)
{
    struct picture_difference found = {.left = width, .top = height};
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            size_t at = 4 * ((size_t)y * width + x);
            bool differs = false;
            for (size_t i = at; i < at + 3; i++) {
                differs |= abs(wanted[i] - actual[i]) > SHADE;
            }
            if (differs) {
                found.pixels++;
                found.left = x < found.left ? x : found.left;
                found.top = y < found.top ? y : found.top;
                found.right = x + 1 > found.right ? x + 1 : found.right;
                found.bottom = y + 1;
            }
            for (size_t i = 0; difference != NULL && i < 4; i++) {
                uint8_t pale = (uint8_t)(170 + actual[at + i] / 3);
                difference[at + i] = i == 3 ? 255 : differs ? (i == 0 ? 220 : 0) : pale;
            }
        }
    }
    return found;
}

bool picture_differs(const struct picture_difference *found, uint32_t width, uint32_t height)
{
    return found->pixels > width * height / ONE_PIXEL_IN + PIXELS_ALLOWED;
}

bool picture_write(const char *path, const uint8_t *pixels, uint32_t width, uint32_t height)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGBA};
    return png_image_write_to_file(&image, path, 0, pixels, 0, NULL) != 0;
}

uint8_t *picture_read(const char *path, uint32_t *width, uint32_t *height)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (png_image_begin_read_from_file(&image, path) == 0) {
        return NULL;
    }
    image.format = PNG_FORMAT_RGBA;
    bool fits = image.width <= SIDE_MAX && image.height <= SIDE_MAX;
    uint8_t *pixels = fits ? malloc(PNG_IMAGE_SIZE(image)) : NULL;
    *width = image.width;
    *height = image.height;
    if (pixels == NULL || png_image_finish_read(&image, NULL, pixels, 0, NULL) == 0) {
        png_image_free(&image);
        free(pixels);
        return NULL;
    }
    return pixels;
}
