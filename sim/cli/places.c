#include "sim/cli/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Relative to the executable's folder: a build tree (build/sim), an installation (bin). */
static const char *const roots[] = {"", "../", "../share/sandglass/"};

static bool executable_folder(char *buffer, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", buffer, size - 1);
    if (length <= 0) {
        return false;
    }
    buffer[length] = '\0';
    char *slash = strrchr(buffer, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return true;
}

static bool find(const char *relative, bool folder, char *buffer, size_t size)
{
    char here[PLACES_PATH_MAX];
    struct stat status;
    if (!executable_folder(here, sizeof here)) {
        snprintf(buffer, size, "%s", relative);
        return false;
    }
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        int length = snprintf(buffer, size, "%s/%s%s", here, roots[i], relative);
        if (length > 0 && (size_t)length < size && stat(buffer, &status) == 0 &&
            (folder ? S_ISDIR(status.st_mode) : S_ISREG(status.st_mode))) {
            return true;
        }
    }
    snprintf(buffer, size, "%s/%s", here, relative);
    return false;
}

bool places_find(const char *relative, char *buffer, size_t size)
{
    return find(relative, false, buffer, size);
}

bool places_find_folder(const char *relative, char *buffer, size_t size)
{
    return find(relative, true, buffer, size);
}

bool places_find_guest(const char *name, char *buffer, size_t size)
{
    static const struct {
        const char *folder;
        const char *ending;
    } forms[] = {{"firmware/apps", ".tbf"}, {"firmware/apps", ""}, {"firmware/kernel", ""}};
    char relative[PLACES_PATH_MAX];
    struct stat status;
    bool is_there = stat(name, &status) == 0;
    bool may_be_ours = !is_there && name[0] != '\0' && strchr(name, '/') == NULL;
    for (size_t i = 0; may_be_ours && i < sizeof forms / sizeof forms[0]; i++) {
        snprintf(relative, sizeof relative, "%s/%s%s", forms[i].folder, name, forms[i].ending);
        if (places_find(relative, buffer, size)) {
            return true;
        }
    }
    snprintf(buffer, size, "%s", name);
    return is_there;
}

bool places_resolve(const char *path, char *buffer, size_t size)
{
    char *resolved = realpath(path, NULL);
    bool fits = resolved != NULL && strlen(resolved) < size;
    if (fits) {
        strcpy(buffer, resolved);
    }
    free(resolved);
    return fits;
}
