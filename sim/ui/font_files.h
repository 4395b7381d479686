/* sim/ui/font_files.h - where the fonts are: DejaVu, in the folders that systems use, or in the one
 * that SANDGLASS_FONTS names. */
#ifndef SIM_UI_FONT_FILES_H
#define SIM_UI_FONT_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/loader/sim_error.h"

#define FONT_PATH_MAX 1024

enum font_file { FONT_FILE_SANS, FONT_FILE_BOLD, FONT_FILE_MONO, FONT_FILES };

/* The path of a file that can be read. False, with SIM_WRONG_USE and what to install, when there is
 * none. */
bool font_file_find(enum font_file file, char *path, size_t size, struct sim_error *error);

#endif
