#include "sim/ui/layout_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/ui/pane_set.h"
#include "sim/ui/window_view.h"

#define PATH_MAX_BYTES 1024
#define LINE_MAX_BYTES 128
#define LINES_MAX      200U

static bool parse_number(const char *text, float low, float high, float *number)
{
    char *end = NULL;
    float value = strtof(text, &end);
    if (end == text || *end != 0 || !(value >= low && value <= high)) {
        return false;
    }
    *number = value;
    return true;
}

static bool parse_share(struct layout *layout, const char *name, const char *value)
{
    for (size_t i = 0; i < LAYOUT_SPLITS; i++) {
        if (strcmp(layout_split_name(i), name) == 0) {
            return parse_number(value, 0, 1, &layout->shares[i]);
        }
    }
    return false;
}

static bool parse_size(struct layout_kept *kept, const char *first, const char *second)
{
    float width = 0;
    float height = 0;
    if (!parse_number(first, LAYOUT_FILE_SIDE_MIN, LAYOUT_FILE_SIDE_MAX, &width) ||
        !parse_number(second, LAYOUT_FILE_SIDE_MIN, LAYOUT_FILE_SIDE_MAX, &height)) {
        return false;
    }
    kept->width = (uint32_t)width;
    kept->height = (uint32_t)height;
    return true;
}

static bool parse_words(struct layout_kept *kept, const char words[3][40], int count)
{
    const char *what = words[0];
    if (count == 3 && strcmp(what, "share") == 0) {
        return parse_share(&kept->layout, words[1], words[2]);
    }
    if (count == 3 && strcmp(what, "size") == 0) {
        return parse_size(kept, words[1], words[2]);
    }
    if (count == 1 && strcmp(what, "maximised") == 0) {
        kept->layout.maximised = true;
        return true;
    }
    if (count != 2) {
        return false;
    }
    if (strcmp(what, "theme") == 0) {
        kept->theme = strcmp(words[1], "light") == 0 ? THEME_LIGHT : THEME_DARK;
        return strcmp(words[1], "light") == 0 || strcmp(words[1], "dark") == 0;
    }
    if (strcmp(what, "zoom") == 0) {
        return parse_number(words[1], WINDOW_VIEW_ZOOM_MIN, WINDOW_VIEW_ZOOM_MAX, &kept->zoom);
    }
    const struct pane_class *pane = pane_find(words[1]);
    if (pane != NULL && strcmp(what, "hidden") == 0) {
        kept->layout.hidden[pane_set_index(pane)] = true;
        return true;
    }
    if (pane != NULL && strcmp(what, "focus") == 0) {
        kept->layout.focus = pane_set_index(pane);
        return true;
    }
    return false;
}

unsigned layout_file_parse(FILE *file, struct layout_kept *kept)
{
    char line[LINE_MAX_BYTES];
    unsigned wrong = 0;
    for (unsigned number = 1; number <= LINES_MAX; number++) {
        if (fgets(line, sizeof line, file) == NULL) {
            break;
        }
        char words[3][40] = {"", "", ""};
        char rest = 0;
        int count = sscanf(line, "%39s %39s %39s %c", words[0], words[1], words[2], &rest);
        bool right = count <= 0 || line[0] == '#' || parse_words(kept, words, count);
        if (!right && wrong == 0) {
            wrong = number;
        }
    }
    /* The focus is on something that is there; if nothing is, that is how it was left. */
    if (kept->layout.hidden[kept->layout.focus]) {
        layout_focus_next(&kept->layout, false);
    }
    return wrong;
}

bool layout_file_print(FILE *file, const struct layout_kept *kept)
{
    const struct layout *layout = &kept->layout;
    fprintf(file, "# How Sandglass's window was left; remove this file to begin anew.\n");
    if (kept->width > 0) {
        fprintf(file, "size %u %u\n", (unsigned)kept->width, (unsigned)kept->height);
    }
    fprintf(file, "theme %s\n", kept->theme == THEME_LIGHT ? "light" : "dark");
    fprintf(file, "zoom %.3f\n", (double)kept->zoom);
    for (size_t i = 0; i < LAYOUT_SPLITS; i++) {
        fprintf(file, "share %s %.4f\n", layout_split_name(i), (double)layout->shares[i]);
    }
    for (size_t i = 0; i < pane_list_count; i++) {
        if (layout->hidden[i]) {
            fprintf(file, "hidden %s\n", pane_list[i]->name);
        }
    }
    fprintf(file, "focus %s\n%s", pane_list[layout->focus]->name,
            layout->maximised ? "maximised\n" : "");
    return ferror(file) == 0;
}

/* The folder for settings, as far as it has to be made; false: none. */
static bool find_path(char *path, size_t size, bool make)
{
    const char *off = getenv("SANDGLASS_NO_CONFIG");
    if (off != NULL && off[0] != 0 && strcmp(off, "0") != 0) {
        return false;
    }
    const char *settings = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int length = -1;
    if (settings != NULL && settings[0] == '/') {
        length = snprintf(path, size, "%s/sandglass/window", settings);
    } else if (home != NULL && home[0] != 0) {
        length = snprintf(path, size, "%s/.config/sandglass/window", home);
    }
    if (length < 0 || (size_t)length >= size) {
        return false;
    }
    for (char *slash = path + 1; make && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        (void)mkdir(path, 0777); /* that it is there already is fine; else opening says it */
        *slash = '/';
    }
    return true;
}

/* A file, and nothing that would be waited for, such as a pipe; NULL with errno. */
static FILE *open_plain(const char *path, int flags, const char *mode)
{
    struct stat status;
    int descriptor = open(path, flags | O_NONBLOCK | O_CLOEXEC, 0666);
    FILE *file = NULL;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode)) {
        errno = EINVAL;
    } else if (descriptor >= 0) {
        file = fdopen(descriptor, mode);
    }
    if (descriptor >= 0 && file == NULL) {
        int why = errno;
        close(descriptor);
        errno = why;
    }
    return file;
}

void layout_file_load(struct layout_kept *kept)
{
    char path[PATH_MAX_BYTES];
    FILE *file = find_path(path, sizeof path, false) ? open_plain(path, O_RDONLY, "r") : NULL;
    if (file == NULL) {
        return;
    }
    unsigned wrong = layout_file_parse(file, kept);
    fclose(file);
    if (wrong != 0) {
        fprintf(stderr, "%s:%u: not understood and left out: how the window looked\n", path, wrong);
    }
}

void layout_file_save(const struct layout_kept *kept)
{
    char path[PATH_MAX_BYTES];
    if (!find_path(path, sizeof path, true)) {
        return;
    }
    FILE *file = open_plain(path, O_WRONLY | O_CREAT | O_TRUNC, "w");
    bool written = file != NULL && layout_file_print(file, kept);
    if (file == NULL || fclose(file) != 0 || !written) {
        fprintf(stderr, "cannot keep how the window looks in %s: %s\n", path, strerror(errno));
    }
}
