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
#include "sim/cli/summary.h"
#include "sim/cli/test_report.h"
#include "sim/loader/file.h"
#include "tools/pack/pack_arguments.h"

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
static bool find_guest(const struct test_host *host, const char *folder, const char *name,
                       const char *ending, char *path, struct sim_error *error)
{
    if (find_in(folder, name, ending, path, PLACES_PATH_MAX)) {
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
                    name, folder, host->folder_count > 0 ? ", nor by --path" : "");
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
    struct guest *guest = &hosted->guest;
    const struct script_source *kernel = &request->kernel;
    bool good = true;
    if (kernel->bytes != NULL) {
        good = guest_add_firmware(guest, "the kernel that was given", kernel->bytes, kernel->size,
                                  error);
    } else if (kernel->name != NULL) {
        good = find_guest(host, request->folder, kernel->name, ".elf", path, error) &&
               guest_add_file(guest, path, error);
    } else {
        good = board_kernel_find(&hosted->board, request->board, path, sizeof path, error) &&
               guest_add_file(guest, path, error);
    }
    for (size_t i = 0; good && i < request->app_count; i++) {
        const struct script_source *app = &request->apps[i];
        snprintf(path, sizeof path, "app number %zu", i + 1);
        good = app->bytes != NULL
                   ? guest_add_app(guest, path, app->bytes, app->size, error)
                   : find_guest(host, request->folder, app->name, ".tbf", path, error) &&
                         guest_add_file(guest, path, error);
    }
    return good && (guest_has_firmware(guest) ||
                    sim_fail(error, SIM_WRONG_USE, "%s is no kernel", kernel->name));
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
        .count_mpu_hits = request->count_mpu_hits,
        .check_isolation = request->check_isolation,
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

/* ---- files ---- */

static bool read_named(void *context, const char *folder, const char *name,
                       struct file_bytes *bytes, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    return find_guest(context, folder, name, "", path, error) && file_read(path, bytes, error);
}

static const struct option *find_option(const char *name)
{
    const struct option *option = pack_long_options;
    while (option->name != NULL && strcmp(option->name, name) != 0) {
        option++;
    }
    /* What is made is no file, and help is nobody's here. */
    bool suits = option->name != NULL && option->val != 'o' && option->val != 'h';
    return suits ? option : NULL;
}

/* One option; `path` is room for that of a key, which lives as long as the arguments. */
static bool take_word(const struct test_host *host, const struct script_pack_request *request,
                      const struct script_pack_word *word, struct pack_arguments *arguments,
                      char *path, struct sim_error *error)
{
    struct pack_error trouble = {0};
    const char *value = word->value;
    const struct option *option = find_option(word->option);
    if (option == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "pack: there is no option '%s'", word->option);
    }
    if ((option->has_arg == no_argument) != (value == NULL)) {
        return sim_fail(error, SIM_WRONG_USE, "pack: %s takes %s", word->option,
                        value == NULL ? "a value" : "true or false");
    }
    if (strcmp(word->option, "sign") == 0) {
        if (!find_guest(host, request->folder, value, "", path, error)) {
            return false;
        }
        value = path;
    }
    return pack_take_option(arguments, option->val, value, &trouble) ||
           sim_fail(error, SIM_WRONG_USE, "%s", trouble.text);
}

static bool pack(void *context, const struct script_pack_request *request, struct file_bytes *bytes,
                 struct sim_error *error)
{
    char elf[PLACES_PATH_MAX], key[PLACES_PATH_MAX];
    struct pack_arguments arguments = {.options = pack_default_options};
    struct pack_output output;
    struct pack_error trouble;
    bool good = find_guest(context, request->folder, request->elf, ".elf", elf, error);
    for (size_t i = 0; good && i < request->word_count; i++) {
        good = take_word(context, request, &request->words[i], &arguments, key, error);
    }
    if (!good) {
        return false;
    }
    if (!pack_file(elf, &arguments.options, &output, &trouble)) {
        return sim_fail(error, SIM_WRONG_USE, "%s", trouble.text);
    }
    *bytes = (struct file_bytes){.data = output.bytes, .size = output.size}; /* malloc()ed */
    return true;
}

/* ---- what the simulator tells ---- */

static void *start_report(void *context, const struct script_built *built)
{
    (void)context;
    return test_report_start(built);
}

static const char *report_text(void *report)
{
    return test_report_text(report);
}

static void end_report(void *report)
{
    test_report_end(report);
}

static void print_summary(void *context, const struct script_built *built, FILE *stream)
{
    (void)context;
    const struct summary_sources sources = {.machine = built->machine,
                                            .firmware = built->firmware,
                                            .symbols = built->symbols,
                                            .kernel = built->kernel,
                                            .mpu_account = true};
    summary_print(stream, &sources);
}

struct script_host test_host_make(struct test_host *host)
{
    return (struct script_host){.build = build,
                                .destroy = destroy,
                                .read = read_named,
                                .pack = pack,
                                .report_start = start_report,
                                .report_text = report_text,
                                .report_end = end_report,
                                .summary = print_summary,
                                .context = host};
}
