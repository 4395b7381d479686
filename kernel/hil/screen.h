/*
 * screen.h - a display with memory of its own. One operation at a time; each ends with `done`.
 */
#ifndef KERNEL_HIL_SCREEN_H
#define KERNEL_HIL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/slice.h"

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. May go on with
 * the next operation. */
struct hil_screen_client {
    void (*done)(void *self);
    void *self;
};

/* A part of the picture: pixels from the upper left corner on, in lines. */
struct hil_screen_frame {
    uint16_t x, y, width, height;
};

/* All are K_EBUSY while one is under way, else K_OK. The display's start is one, too: its `done`
 * comes unasked. */
struct hil_screen_ops {
    int (*set_power)(void *self, bool on); /* off keeps the picture */
    int (*set_inverted)(void *self, bool inverted);
    /* The next pixels go into this frame, which lies within the picture, from its corner on. */
    int (*begin)(void *self, struct hil_screen_frame frame);
    /* More pixels of the frame, in the bytes that the display wants. They lie in RAM and stay in
     * place until `done`. */
    int (*put)(void *self, struct const_slice pixels);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_screen_client *client);
};

struct hil_screen {
    const struct hil_screen_ops *ops;
    void *self;
    uint16_t width, height;
    uint8_t format; /* enum abi_screen_format */
    uint8_t bytes_per_pixel;
};

#endif
