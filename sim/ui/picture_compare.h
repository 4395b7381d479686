/* sim/ui/picture_compare.h - pictures as files, and how one differs from another: for golden
 * pictures of tests and scenarios. Pixels are rows of 4 bytes: red, green, blue, alpha. */
#ifndef SIM_UI_PICTURE_COMPARE_H
#define SIM_UI_PICTURE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

/* How one picture differs from another of the same size. */
struct picture_difference {
    uint32_t pixels;                   /* that differ by more than a shade nobody sees */
    uint32_t left, top, right, bottom; /* of the box around them */
};

/* `difference` (may be NULL) gets the pixels that differ in red over a pale copy. */
struct picture_difference picture_compare(const uint8_t *wanted, const uint8_t *actual,
                                          uint32_t width, uint32_t height, uint8_t *difference);
/* More than fonts of another release and rounding of another compiler explain. */
bool picture_differs(const struct picture_difference *found, uint32_t width, uint32_t height);

/* To be freed; NULL when there is no such picture, or one of more than 8192 x 8192 pixels. */
uint8_t *picture_read(const char *path, uint32_t *width, uint32_t *height);
bool picture_write(const char *path, const uint8_t *pixels, uint32_t width, uint32_t height);

#endif
