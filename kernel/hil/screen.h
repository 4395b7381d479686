/*
 * screen.h - a display with memory of its own. One operation at a time; each ends with `done`.
 */
#ifndef KERNEL_HIL_SCREEN_H
#define KERNEL_HIL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/syscall.h"
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. May go on with
 * the next operation. */
struct hil_screen_client {
    PRIVATE void (*done)(void *self);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

/* A part of the picture: pixels from the upper left corner on, in lines. */
struct hil_screen_frame {
    uint16_t x, y, width, height;
};

struct hil_screen_ops {
    PRIVATE int (*set_power)(void *self, bool on);
    PRIVATE int (*set_inverted)(void *self, bool inverted);
    PRIVATE int (*begin)(void *self, struct hil_screen_frame frame);
    PRIVATE int (*put)(void *self, struct dma_buffer *pixels, uint32_t length);
    PRIVATE void (*set_client)(void *self, const struct hil_screen_client *client);
};

struct hil_screen {
    PRIVATE const struct hil_screen_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* of who offers it; NULL: trusted code */
    uint16_t width, height;
    uint8_t format; /* enum abi_screen_format */
    uint8_t bytes_per_pixel;
};

/* The operations are K_EBUSY while one is under way, else K_OK. The display's start is one, too:
 * its `done` comes unasked. */

/* Off keeps the picture. */
static inline int hil_screen_set_power(BORROWED const struct hil_screen *screen, bool on)
{
    return GUARD_OP(screen, set_power, on);
}

static inline int hil_screen_set_inverted(BORROWED const struct hil_screen *screen, bool inverted)
{
    return GUARD_OP(screen, set_inverted, inverted);
}

/* The next pixels go into this frame, which lies within the picture, from its corner on. */
static inline int hil_screen_begin(BORROWED const struct hil_screen *screen,
                                   struct hil_screen_frame frame)
{
    return GUARD_OP(screen, begin, frame);
}

/* More pixels of the frame, in the bytes that the display wants, from the start of the buffer,
 * which is lent until `done`. K_ESIZE: there are none, or the buffer has fewer. */
static inline int hil_screen_put(BORROWED const struct hil_screen *screen,
                                 struct dma_buffer *pixels, uint32_t length)
{
    int status = dma_buffer_lend(pixels, 0, length, screen->owner, GUARD_CALLER);
    if (status == K_OK) {
        status = GUARD_OP(screen, put, pixels, length);
        if (status != K_OK) {
            dma_buffer_hand_back(pixels, screen->owner);
        }
    }
    return status;
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_screen_set_client(BORROWED const struct hil_screen *screen,
                                         const struct hil_screen_client *client)
{
    GUARD_CALL_VOID(screen->owner, screen->ops->set_client, screen->self, client);
}

/* For who offers a screen, who has handed the buffer back. NULL: nobody is told. */
static inline void hil_screen_client_done(BORROWED const struct hil_screen_client *client)
{
    GUARD_TELL(client, done);
}

#endif
