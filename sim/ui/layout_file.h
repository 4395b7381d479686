/* sim/ui/layout_file.h - how the window looked when it was closed last: lines of plain text in
 * $XDG_CONFIG_HOME/sandglass/window, or ~/.config/sandglass/window. SANDGLASS_NO_CONFIG=1: neither
 * read nor written. */
#ifndef SIM_UI_LAYOUT_FILE_H
#define SIM_UI_LAYOUT_FILE_H

#include <stdio.h>

#include "sim/ui/layout.h"

#define LAYOUT_FILE_SIDE_MIN 160U
#define LAYOUT_FILE_SIDE_MAX 16384U

struct layout_kept {
    struct layout layout;
    enum theme_kind theme;
    float zoom;
    uint32_t width, height; /* of the window; 0: not known */
};

/* Takes over what the text says; lines that say nothing sensible are left out. Returns the number
 * of the first of those, 0: all is well. */
unsigned layout_file_parse(FILE *file, struct layout_kept *kept);
bool layout_file_print(FILE *file, const struct layout_kept *kept);

/* From and to where it belongs. What is wrong with the file is one line on stderr, and no more. */
void layout_file_load(struct layout_kept *kept);
void layout_file_save(const struct layout_kept *kept);

#endif
