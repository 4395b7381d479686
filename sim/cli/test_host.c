#include "sim/cli/test_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "peripherals/catalogue.h"
#include "sim/cli/board_file.h"
#include "sim/cli/board_kernel.h"
#include "sim/cli/guest.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"

/* What belongs to one machine. */
struct hosted {
    struct board board;
    struct guest guest;
    struct symbol_map symbols;
    struct kernel_view kernel;
};

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* A file of this name, with or without the ending, in a folder. */
static bool find_in(const char *folder, const char *name, const char *ending, char *path,
                    size_t size)
{
    static const char *const no_folder = "";
    bool absolute = name[0] == '/';
    const char *slash = absolute || strcmp(folder, ".") == 0 ? "" : "/";
    folder = slash[0] == '\0' ? no_folder : folder;
    const char *const endings[] = {"", ending};
    for (size_t i = 0; i < 2; i++) {
        int length = snprintf(path, size, "%s%s%s%s", folder, slash, name, endings[i]);
        if (length > 0 && (size_t)length < size && is_file(path)) {
            return true;
        }
    }
    return false;
}

/* Beside the scenario, then in the folders of --path, then what comes with the program. A folder is
 * no answer: with `sandglass run` make would be run there, and a scenario runs no programs. */
static bool find_guest(const struct test_host *host, const struct script_board_request *request,
                       const char *name, const char *ending, char *path, struct sim_error *error)
{
    if (find_in(request->folder, name, ending, path, PLACES_PATH_MAX)) {
        return true;
    }
    for (size_t i = 0; i < host->folder_count; i++) {
        if (find_in(host->folders[i], name, ending, path, PLACES_PATH_MAX)) {
            return true;
        }
    }
    if (strchr(name, '/') == NULL && places_find_guest(name, path, PLACES_PATH_MAX) &&
        is_file(path)) {
        return true;
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "there is no file %s in %s%s, and nothing of that name comes along "
                    "(`sandglass apps` lists apps)",
                    name, request->folder, host->folder_count > 0 ? ", nor by --path" : "");
}

static bool read_board(const struct test_host *host, const struct script_board_request *request,
                       struct board *board, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    bool is_path = strchr(request->board, '/') != NULL || file_has_ending(request->board, ".dts") ||
                   file_has_ending(request->board, ".dtb");
    bool found = is_path && find_in(request->folder, request->board, "", path, sizeof path);
    for (size_t i = 0; is_path && !found && i < host->folder_count; i++) {
        found = find_in(host->folders[i], request->board, "", path, sizeof path);
    }
    return board_file_read(found ? path : request->board, board, error);
}

static bool add_guests(const struct test_host *host, const struct script_board_request *request,
                       struct hosted *hosted, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    bool good = true;
    if (request->kernel != NULL) {
        good = find_guest(host, request, request->kernel, ".elf", path, error) &&
               guest_add_file(&hosted->guest, path, error);
    } else {
        good = board_kernel_find(&hosted->board, request->board, path, sizeof path, error) &&
               guest_add_file(&hosted->guest, path, error);
    }
    for (size_t i = 0; good && i < request->app_count; i++) {
        good = find_guest(host, request, request->apps[i], ".tbf", path, error) &&
               guest_add_file(&hosted->guest, path, error);
    }
    return good && (guest_has_firmware(&hosted->guest) ||
                    sim_fail(error, SIM_WRONG_USE, "%s is no kernel", request->kernel));
}

static struct machine *make_machine(const struct script_board_request *request,
                                    struct hosted *hosted, struct sim_error *error)
{
    struct machine_config config = {
        .board = &hosted->board,
        .seed = request->seed,
        .flash_timing =
            request->has_flash_timing ? request->flash_timing : hosted->board.flash_timing,
        .jitter = {.seed = request->seed, .bound_cycles = request->jitter_cycles},
        .quirk = catalogue_find_quirk(hosted->board.chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    return machine_create(&config, error);
}

static void destroy(void *context, struct script_built *built)
{
    struct hosted *hosted = built->host;
    (void)context;
    kernel_view_close(&hosted->kernel);
    symbol_map_free(&hosted->symbols);
    machine_destroy(built->machine);
    guest_free(&hosted->guest);
    board_free(&hosted->board);
    free(hosted);
    *built = (struct script_built){0};
}

static bool build(void *context, const struct script_board_request *request,
                  struct script_built *built, struct sim_error *error)
{
    const struct test_host *host = context;
    struct hosted *hosted = calloc(1, sizeof *hosted);
    *built = (struct script_built){.host = hosted};
    if (hosted == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for a machine");
    }
    bool good = read_board(host, request, &hosted->board, error) &&
                add_guests(host, request, hosted, error);
    built->machine = good ? make_machine(request, hosted, error) : NULL;
    if (built->machine == NULL || !guest_load(&hosted->guest, built->machine, error)) {
        destroy(context, built);
        return false;
    }
    guest_open_symbols(&hosted->guest, &hosted->symbols);
    kernel_view_open(&hosted->kernel, built->machine, hosted->guest.firmware_path);
    built->board = &hosted->board;
    built->kernel = &hosted->kernel;
    built->symbols = &hosted->symbols;
    built->firmware = &hosted->guest.firmware;
    built->firmware_path = hosted->guest.firmware_path;
    machine_reset(built->machine, RESET_POWER_ON);
    return true;
}

struct script_host test_host_make(struct test_host *host)
{
    return (struct script_host){.build = build, .destroy = destroy, .context = host};
}
