/* sim/cli/places.h - where the program finds what belongs to it: beside the executable in a build
 * tree, or in share/sandglass of an installation. */
#ifndef SIM_CLI_PLACES_H
#define SIM_CLI_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#define PLACES_PATH_MAX 1024

/* Finds a file by its place in the tree, "boards/nrf52dk.dtb" or "firmware/kernel/nrf52dk.elf".
 * False: nowhere; buffer then holds the first place that was tried. */
bool places_find(const char *relative, char *buffer, size_t size);

/* The same for a folder. */
bool places_find_folder(const char *relative, char *buffer, size_t size);

/* What the user means by a file's name: the file itself if there is one, else, for a name without a
 * folder, that of an app or a kernel that comes with the program ("hello", "hello.tbf",
 * "nrf52dk.elf"). False: there is neither; buffer then holds the name, cut if it is too long. */
bool places_find_guest(const char *name, char *buffer, size_t size);

/* An absolute path without `..` and links; false when it does not exist or is too long. */
bool places_resolve(const char *path, char *buffer, size_t size);

#endif
