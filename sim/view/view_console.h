/* sim/view/view_console.h - what the console UART has sent since the frame before. The reader keeps
 * the text. */
#ifndef SIM_VIEW_VIEW_CONSOLE_H
#define SIM_VIEW_VIEW_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#define VIEW_CONSOLE_BYTES_MAX 16384

struct view_console {
    const char *device; /* its name; NULL: the board has no console */
    uint8_t bytes[VIEW_CONSOLE_BYTES_MAX];
    size_t count;
    uint64_t lost; /* bytes that did not fit: the oldest */
};

#endif
