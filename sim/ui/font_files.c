#include "sim/ui/font_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const names[FONT_FILES] = {
    [FONT_FILE_SANS] = "DejaVuSans.ttf",
    [FONT_FILE_BOLD] = "DejaVuSans-Bold.ttf",
    [FONT_FILE_MONO] = "DejaVuSansMono.ttf",
};

static const char *const folders[] = {
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/TTF",
    "/usr/share/fonts/dejavu",
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/dejavu-sans-mono-fonts",
    "/usr/local/share/fonts/dejavu",
    "/usr/local/share/fonts",
    "/opt/homebrew/share/fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
};

static const char *const home_folders[] = {".fonts", ".local/share/fonts", "Library/Fonts"};

static bool is_there(const char *folder, const char *inner, const char *name, char *path,
                     size_t size)
{
    int length = snprintf(path, size, "%s/%s%s%s", folder, inner, inner[0] != 0 ? "/" : "", name);
    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

bool font_file_find(enum font_file file, char *path, size_t size, struct sim_error *error)
{
    const char *name = names[file];
    const char *own = getenv("SANDGLASS_FONTS");
    if (own != NULL && own[0] != 0) {
        return is_there(own, "", name, path, size) ||
               sim_fail(error, SIM_WRONG_USE,
                        "no font %s in %s, the folder that SANDGLASS_FONTS names", name, own);
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (is_there(folders[i], "", name, path, size)) {
            return true;
        }
    }
    const char *home = getenv("HOME");
    for (size_t i = 0; home != NULL && i < sizeof home_folders / sizeof home_folders[0]; i++) {
        if (is_there(home, home_folders[i], name, path, size)) {
            return true;
        }
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "no font %s: install DejaVu (Debian: apt install fonts-dejavu-core), or name "
                    "its folder in SANDGLASS_FONTS",
                    name);
}
