/* The board's display. Pixels are those of screen_format: for
 * ABI_SCREEN_RGB_565 two bytes, the one with the red bits first. */
#ifndef APPS_LIB_SCREEN_H
#define APPS_LIB_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"

int screen_size(uint32_t *width, uint32_t *height);
/* enum abi_screen_format, or an error. */
int screen_format(void);
int screen_set_power(bool on);
int screen_set_inverted(bool inverted);
/* Where the next pixels go; the whole screen until it is set. K_EINVAL: not inside. */
int screen_set_frame(uint16_t x, uint16_t y, uint16_t width, uint16_t height);
/* Pixels from the frame's upper left corner on, in lines. */
int screen_write(const void *pixels, size_t bytes);
/* The whole frame in one colour. */
int screen_fill(const void *pixel, size_t bytes);

/* Without waiting: the upcall gets (status, 0, 0). Pixels are lent until then, and whatever else is
 * asked of the display is K_EBUSY. */
struct screen_frame {
    uint16_t x, y, width, height;
};
int screen_set_frame_async(const struct screen_frame *frame, syscall_upcall upcall, void *userdata);
int screen_write_async(const void *pixels, size_t bytes, syscall_upcall upcall, void *userdata);
int screen_fill_async(const void *pixel, size_t bytes, syscall_upcall upcall, void *userdata);

#endif
