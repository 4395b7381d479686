/*
 * debug.h - the kernel's own console: fault reports, low-level debug. Text goes into a ring that
 * the board's UART empties; when it is full the rest is dropped, and the next line that fits is
 * preceded by "[N bytes lost]". Never blocks once the main loop runs.
 *
 * Every process is another tenant of that UART: make whole lines.
 */
#ifndef KERNEL_CAPSULE_DEBUG_H
#define KERNEL_CAPSULE_DEBUG_H

#include <stdint.h>

#include "kernel/hil/slice.h"

void debug_write(BORROWED struct const_slice text);
/* The same for what an app can cause as often as it likes: it gets half of the ring only, so that
 * it drives out nothing that the kernel has to say. */
void debug_write_for_app(BORROWED struct const_slice text);
#define debug_text(literal) debug_write(SLICE_OF_TEXT(literal))

#endif
