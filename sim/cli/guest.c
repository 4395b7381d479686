#include "sim/cli/guest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/abi/tbf.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"
#include "sim/loader/tab.h"
#include "sim/machine/machine_view.h"
#include "tools/pack/pack.h"

/* Takes over `bytes`. */
static bool add_tbf(struct guest *guest, const char *path, uint8_t *bytes, size_t size,
                    struct sim_error *error)
{
    struct tbf_info info;
    if (!tbf_parse(path, bytes, size, &info, error)) {
        free(bytes);
        return false;
    }
    if (guest->app_count == GUEST_APPS_MAX) {
        free(bytes);
        return sim_fail(error, SIM_WRONG_USE, "%s is one app too many: at most %d can be given",
                        path, GUEST_APPS_MAX);
    }
    struct guest_app *file = &guest->files[guest->app_count];
    *file = (struct guest_app){.path = strdup(path), .bytes = bytes};
    guest->apps[guest->app_count] =
        (struct tbf_app){.path = file->path, .data = bytes, .info = info};
    if (info.name[0] == '\0') {
        snprintf(guest->apps[guest->app_count].info.name, TBF_NAME_BYTES, "%s",
                 file_base_name(path));
    }
    guest->app_count++;
    return true;
}

bool guest_add_app(struct guest *guest, const char *name, const uint8_t *bytes, size_t size,
                   struct sim_error *error)
{
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for %s", name);
    }
    memcpy(copy, bytes, size);
    return add_tbf(guest, name, copy, size, error);
}

static bool add_app_elf(struct guest *guest, const char *path, const struct file_bytes *elf,
                        struct sim_error *error)
{
    struct pack_output output;
    struct pack_error trouble;
    if (!pack_image(elf->data, elf->size, path, &pack_default_options, &output, &trouble)) {
        return sim_fail(error, SIM_WRONG_USE, "%s", trouble.text);
    }
    fprintf(stderr, "sandglass: %s is an app (linked at 0x80000000): packed as %s\n", path,
            output.name);
    bool added = guest_add_app(guest, path, output.bytes, output.size, error);
    pack_output_free(&output);
    return added;
}

static bool add_tab(struct guest *guest, const char *path, const struct file_bytes *tab,
                    struct sim_error *error)
{
    const uint8_t *tbf = NULL;
    size_t size = 0;
    if (!tab_find(path, tab->data, tab->size, &tbf, &size, error)) {
        return false;
    }
    return guest_add_app(guest, path, tbf, size, error);
}

bool guest_add_firmware(struct guest *guest, const char *path, const uint8_t *bytes, size_t size,
                        struct sim_error *error)
{
    if (guest_has_firmware(guest)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is a second firmware image (the first is %s): give one, and apps", path,
                        guest->firmware_path);
    }
    if (!image_parse(path, bytes, size, &guest->firmware, error)) {
        return false;
    }
    guest->firmware_path = strdup(path);
    return true;
}

/* Runs make in an app's folder, quietly unless it fails. */
static bool make_folder(const char *path, struct sim_error *error)
{
    pid_t child = fork();
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO); /* stdout is the guest's UART */
        execlp("make", "make", "-s", "-C", path, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s does not build: see make's messages above", path);
    }
    return true;
}

static bool add_built(struct guest *guest, const char *folder, struct sim_error *error)
{
    char build[PLACES_PATH_MAX + 16];
    char path[sizeof build + 257];
    char found[sizeof path] = "";
    snprintf(build, sizeof build, "%s/build", folder);
    DIR *listing = opendir(build);
    for (struct dirent *entry = NULL; listing != NULL && (entry = readdir(listing)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", build, entry->d_name);
        /* Sorted by name, so that the choice does not depend on the file system. */
        if (file_has_ending(path, ".tbf") && (found[0] == '\0' || strcmp(path, found) < 0)) {
            memcpy(found, path, sizeof found);
        }
    }
    if (listing != NULL) {
        closedir(listing);
    }
    if (found[0] == '\0') {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is a folder without build/NAME.tbf: `sandglass new` makes one that "
                        "builds",
                        folder);
    }
    return guest_add_file(guest, found, error);
}

static bool add_folder(struct guest *guest, const char *folder, struct sim_error *error)
{
    char makefile[PLACES_PATH_MAX + 16];
    snprintf(makefile, sizeof makefile, "%s/Makefile", folder);
    return (!file_exists(makefile) || make_folder(folder, error)) &&
           add_built(guest, folder, error);
}

bool guest_add_file(struct guest *guest, const char *name, struct sim_error *error)
{
    struct stat status;
    struct file_bytes bytes;
    char path[PLACES_PATH_MAX];
    if (!places_find_guest(name, path, sizeof path) && strchr(name, '/') == NULL) {
        return sim_fail(error, SIM_WRONG_USE,
                        "cannot open %s: there is no such file, and no app of that name comes "
                        "along (`sandglass apps` lists those)",
                        name);
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        return add_folder(guest, path, error);
    }
    if (!file_read(path, &bytes, error)) {
        return false;
    }
    if (file_has_ending(path, ".tbf")) {
        return add_tbf(guest, path, bytes.data, bytes.size, error); /* takes the bytes over */
    }
    bool done = file_has_ending(path, ".tab") ? add_tab(guest, path, &bytes, error)
                : pack_is_app(bytes.data, bytes.size)
                    ? add_app_elf(guest, path, &bytes, error)
                    : guest_add_firmware(guest, path, bytes.data, bytes.size, error);
    file_free(&bytes);
    return done;
}

bool guest_has_firmware(const struct guest *guest)
{
    return guest->firmware_path != NULL;
}

/* The firmware may reach into the app area, but not under an app. */
static bool check_overlap(const struct guest *guest, const struct tbf_app *app,
                          struct sim_error *error)
{
    for (size_t i = 0; i < guest->firmware.segment_count; i++) {
        const struct image_segment *segment = &guest->firmware.segments[i];
        if (segment->address < app->address + app->info.total_bytes &&
            app->address < segment->address + segment->size_bytes) {
            return sim_fail(error, SIM_WRONG_USE,
                            "%s and %s overlap at 0x%08x: the firmware reaches into the app area",
                            guest->firmware_path, app->path, app->address);
        }
    }
    return true;
}

/* Takes what the app asks for off what is left. A kernel needs some more for each app, and says so
 * itself when it has no room for one. */
static bool take_ram(const struct tbf_app *app, uint32_t *left_bytes, struct sim_error *error)
{
    if (app->info.minimum_ram_bytes > *left_bytes) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s does not fit: it needs %u bytes of RAM, and the firmware and the apps "
                        "before it leave %u",
                        app->path, app->info.minimum_ram_bytes, *left_bytes);
    }
    *left_bytes -= app->info.minimum_ram_bytes;
    return true;
}

/* A hole before an app is bridged by a padding app, so that the kernel finds the next one. */
static bool load_apps(struct guest *guest, struct machine *machine, const struct board *board,
                      struct sim_error *error)
{
    const struct board_memory *ram = &board->ram;
    uint32_t left_bytes =
        ram->size_bytes - image_used_bytes(&guest->firmware, ram->base, ram->size_bytes);
    uint32_t next = board->apps.base;
    for (size_t i = 0; i < guest->app_count; i++) {
        const struct tbf_app *app = &guest->apps[i];
        uint8_t padding[16];
        if (!check_overlap(guest, app, error) || !take_ram(app, &left_bytes, error)) {
            return false;
        }
        if (app->address > next) {
            tbf_write_padding(padding, app->address - next);
            if (!machine_load(machine, app->path, next, padding, sizeof padding, error)) {
                return false;
            }
        }
        if (!machine_load(machine, app->path, app->address, app->data, app->info.total_bytes,
                          error)) {
            return false;
        }
        machine_add_app(machine, app);
        next = app->address + app->info.total_bytes;
    }
    return true;
}

bool guest_load(struct guest *guest, struct machine *machine, struct sim_error *error)
{
    const struct board *board = machine_view_board(machine);
    if (guest->app_count > 0 && board->apps.size_bytes == 0) {
        return sim_fail(error, SIM_WRONG_USE,
                        "board %s has no place for apps: /chosen sandglass,apps names none",
                        board->model);
    }
    return machine_load_image(machine, guest->firmware_path, &guest->firmware, error) &&
           tbf_place(guest->apps, guest->app_count, board->apps.base, board->apps.size_bytes,
                     error) &&
           load_apps(guest, machine, board, error);
}

void guest_open_symbols(const struct guest *guest, struct symbol_map *symbols)
{
    char elf[PLACES_PATH_MAX];
    for (size_t i = 0; i < guest->app_count; i++) {
        const struct tbf_app *app = &guest->apps[i];
        if (file_sibling(app->path, "elf", elf, sizeof elf)) {
            symbol_map_add(symbols, elf, app->address + app->info.app_offset,
                           app->info.total_bytes - app->info.app_offset, TBF_LINK_FLASH);
        }
    }
    /* Last: an app lies inside of what the firmware may call its own. */
    symbol_map_add(symbols, guest->firmware_path, 0, UINT32_MAX, 0);
}

void guest_free(struct guest *guest)
{
    for (size_t i = 0; i < guest->app_count; i++) {
        free(guest->files[i].path);
        free(guest->files[i].bytes);
    }
    free(guest->firmware_path);
    image_free(&guest->firmware);
    *guest = (struct guest){0};
}
