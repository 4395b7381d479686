/*
 * screen.h - driver 0x90001: the board's display. Each process has a frame of its own that it draws
 * into; operations of several processes follow one another. ABI: docs/syscalls/90001_screen.md.
 */
#ifndef KERNEL_CAPSULES_SCREEN_H
#define KERNEL_CAPSULES_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/screen.h"

/* What goes to the display at a time: a line of 240 pixels of two bytes. */
#define SCREEN_PIECE_BYTES 480u

struct screen_driver {
    const struct hil_screen *screen; /* borrowed for ever */
    struct hil_screen_client client;
    struct deferred_call deferred;
    struct process_id active; /* whose operation is under way; none: the display is free */
    struct process_id latest; /* who was active last: the others come first */
    bool fills;               /* with the pixel that the piece is full of */
    uint32_t done_bytes;      /* of the operation under way, and how many it has */
    uint32_t total_bytes;
    struct dma_buffer piece;
    uint8_t piece_bytes[SCREEN_PIECE_BYTES];
};

extern const struct driver_ops screen_driver_ops;

/* Becomes the client of `screen`, which nobody else may use. */
void screen_init(struct screen_driver *driver, const struct hil_screen *screen);

#endif
