#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/cli/number.h"
#include "sim/cli/command.h"
#include "sim/cli/test_files.h"
#include "sim/cli/test_workers.h"
#include "sim/script/script_report.h"

#define FOLDERS_MAX   16
#define CHOSEN_MAX    64
#define HOST_LIMIT_MS 300000U
#define REPLAY_BYTES  4096
#define SEED_DEFAULT  1

static const char help[] =
    "usage: sandglass test [options] FILE.lua | FOLDER ...\n"
    "\n"
    "Runs scenarios: Lua programs that build a board, act on it and say what they expect. Prints "
    "TAP.\n"
    "docs/scenarios.md tells what they can do. Of a folder, all *.lua below it are run.\n"
    "\n"
    "  --case NAME         only the cases of this name; may be given several times\n"
    "  --list              print the cases and run nothing\n"
    "  --jobs N            run N cases at a time (default: one for each processor)\n"
    "  --seed N            another seed for boards that say none, and for math.random (default 1)\n"
    "  --path FOLDER       look there, too, for apps, kernels and boards that a scenario names;\n"
    "                      may be given several times\n"
    "  --host-limit S      end a case that takes more than S seconds of the host's time (default "
    "300)\n"
    "  --junit FILE        write the results as JUnit XML, too\n"
    "  --screenshots DIR   write a picture of the window for each failure\n"
    "  --update            write golden traces and pictures anew instead of comparing\n"
    "\n"
    "Exit status: 0 all passed, 1 an expectation was not met, 2 wrong use or a broken scenario,\n"
    "3 trouble of the simulator.\n";

struct test_command {
    const char *folders[FOLDERS_MAX];
    const char *chosen[CHOSEN_MAX];
    size_t chosen_count;
    const char *junit;
    bool list, help;
    struct test_files files;
    struct test_setup setup;
    struct test_task *listings; /* one for each file */
    struct test_task *cases;    /* all of them; a broken file is one that is done */
    size_t case_count;
    size_t number; /* told so far */
};

enum {
    OPTION_CASE = 256,
    OPTION_LIST,
    OPTION_JOBS,
    OPTION_SEED,
    OPTION_PATH,
    OPTION_HOST_LIMIT,
    OPTION_JUNIT,
    OPTION_SCREENSHOTS,
    OPTION_UPDATE
};

static bool read_number(const char *name, uint64_t least, uint64_t most, uint64_t *value,
                        struct sim_error *error)
{
    bool good = number_parse(optarg, 10, value) && *value >= least && *value <= most;
    return good || sim_fail(error, SIM_WRONG_USE, "%s takes %" PRIu64 " to %" PRIu64 ", not '%s'",
                            name, least, most, optarg);
}

static bool take_option(struct test_command *command, int option, char **argv,
                        struct sim_error *error)
{
    uint64_t number = 0;
    struct stat status;
    switch (option) {
    case 'h':
        command->help = true;
        return true;
    case OPTION_CASE:
        if (command->chosen_count == CHOSEN_MAX) {
            return sim_fail(error, SIM_WRONG_USE, "--case can be given %d times", CHOSEN_MAX);
        }
        command->chosen[command->chosen_count++] = optarg;
        return true;
    case OPTION_LIST:
        command->list = true;
        return true;
    case OPTION_JOBS:
        if (!read_number("--jobs", 1, TEST_JOBS_MAX, &number, error)) {
            return false;
        }
        command->setup.jobs = (int)number;
        return true;
    case OPTION_SEED:
        return read_number("--seed", 0, INT64_MAX, &command->setup.options.seed, error);
    case OPTION_PATH:
        if (command->setup.host.folder_count == FOLDERS_MAX) {
            return sim_fail(error, SIM_WRONG_USE, "--path can be given %d times", FOLDERS_MAX);
        }
        if (stat(optarg, &status) != 0 || !S_ISDIR(status.st_mode)) {
            return sim_fail(error, SIM_WRONG_USE, "--path %s: there is no such folder", optarg);
        }
        command->folders[command->setup.host.folder_count++] = optarg;
        return true;
    case OPTION_HOST_LIMIT:
        if (!read_number("--host-limit", 1, 86400, &number, error)) {
            return false;
        }
        command->setup.host_limit_ms = number * 1000;
        return true;
    case OPTION_JUNIT:
        command->junit = optarg;
        return true;
    case OPTION_SCREENSHOTS:
        command->setup.options.screenshots = optarg;
        return true;
    case OPTION_UPDATE:
        command->setup.options.update = true;
        return true;
    default:
        return command_refuse_option(option, argv, error);
    }
}

static bool read_options(struct test_command *command, int argc, char **argv,
                         struct sim_error *error)
{
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'},
        {"case", required_argument, NULL, OPTION_CASE},
        {"list", no_argument, NULL, OPTION_LIST},
        {"jobs", required_argument, NULL, OPTION_JOBS},
        {"seed", required_argument, NULL, OPTION_SEED},
        {"path", required_argument, NULL, OPTION_PATH},
        {"host-limit", required_argument, NULL, OPTION_HOST_LIMIT},
        {"junit", required_argument, NULL, OPTION_JUNIT},
        {"screenshots", required_argument, NULL, OPTION_SCREENSHOTS},
        {"update", no_argument, NULL, OPTION_UPDATE},
        {NULL, 0, NULL, 0}};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int option = 0;
    command->setup = (struct test_setup){.files = &command->files,
                                         .host = {.folders = command->folders},
                                         .options = {.seed = SEED_DEFAULT},
                                         .jobs = processors < 1               ? 1
                                                 : processors > TEST_JOBS_MAX ? TEST_JOBS_MAX
                                                                              : (int)processors,
                                         .host_limit_ms = HOST_LIMIT_MS};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (!take_option(command, option, argv, error)) {
            return false;
        }
    }
    if (!command->help && optind == argc) {
        return sim_fail(error, SIM_WRONG_USE, "which scenarios? give .lua files or folders");
    }
    for (int i = optind; !command->help && i < argc; i++) {
        if (!test_files_add(&command->files, argv[i], error)) {
            return false;
        }
    }
    return true;
}

/* ---- which cases there are ---- */

static bool is_chosen(const struct test_command *command, const char *name)
{
    bool chosen = command->chosen_count == 0;
    for (size_t i = 0; i < command->chosen_count; i++) {
        chosen = chosen || strcmp(command->chosen[i], name) == 0;
    }
    return chosen;
}

static void ignore_done(void *context, struct test_task *task)
{
    (void)context;
    (void)task;
}

static void add_case(struct test_command *command, const struct test_task *task)
{
    command->cases[command->case_count] = *task;
    command->case_count++;
}

/* A broken file is a case that has already been run, with the file's name. */
static void add_cases_of(struct test_command *command, struct test_task *listing)
{
    if (listing->result.verdict != SCRIPT_PASSED) {
        struct test_task broken = {.file = listing->file,
                                   .name = file_base_name(command->files.files[listing->file].path),
                                   .result = listing->result,
                                   .done = true,
                                   .broken_file = true};
        listing->result = (struct script_result){0}; /* moved */
        add_case(command, &broken);
        return;
    }
    for (size_t i = 0; i < listing->cases.count; i++) {
        if (is_chosen(command, listing->cases.names[i])) {
            add_case(command,
                     &(struct test_task){.file = listing->file, .name = listing->cases.names[i]});
        }
    }
}

static bool list_cases(struct test_command *command, struct sim_error *error)
{
    size_t files = command->files.count, count = 0;
    command->listings = calloc(files, sizeof *command->listings);
    if (command->listings == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory");
    }
    for (size_t i = 0; i < files; i++) {
        command->listings[i].file = i;
    }
    if (!test_workers_run(&command->setup, command->listings, files, ignore_done, NULL, error)) {
        return false;
    }
    for (size_t i = 0; i < files; i++) {
        count += command->listings[i].cases.count + 1;
    }
    command->cases = calloc(count, sizeof *command->cases);
    if (command->cases == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory");
    }
    for (size_t i = 0; i < files; i++) {
        add_cases_of(command, &command->listings[i]);
    }
    return command->case_count > 0 ||
           sim_fail(error, SIM_WRONG_USE, "there is no case called %s: --list prints them",
                    command->chosen[0]);
}

/* ---- what is told ---- */

/* In quotes for a shell where it needs them. */
static void put_word(FILE *stream, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-_./=:,+@%";
    fputc(' ', stream);
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, stream);
        return;
    }
    fputc('\'', stream);
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            fputs("'\\''", stream);
        } else {
            fputc(*word, stream);
        }
    }
    fputc('\'', stream);
}

static void write_replay(const struct test_command *command, const struct test_task *task,
                         char *text)
{
    FILE *stream = fmemopen(text, REPLAY_BYTES, "w");
    text[0] = '\0';
    if (stream == NULL) {
        return;
    }
    fputs("sandglass test", stream);
    if (command->setup.options.seed != SEED_DEFAULT) {
        fprintf(stream, " --seed %" PRIu64, command->setup.options.seed);
    }
    for (size_t i = 0; i < command->setup.host.folder_count; i++) {
        fputs(" --path", stream);
        put_word(stream, command->folders[i]);
    }
    if (!task->broken_file) {
        fputs(" --case", stream);
        put_word(stream, task->name);
    }
    put_word(stream, command->files.files[task->file].path);
    fclose(stream);
    text[REPLAY_BYTES - 1] = '\0';
}

static struct script_reported make_reported(const struct test_command *command,
                                            const struct test_task *task, char *replay)
{
    write_replay(command, task, replay);
    return (struct script_reported){.file = command->files.files[task->file].path,
                                    .name = task->name,
                                    .replay = replay,
                                    .result = &task->result};
}

static void tell(void *context, struct test_task *task)
{
    struct test_command *command = context;
    char replay[REPLAY_BYTES];
    const struct script_reported reported = make_reported(command, task, replay);
    command->number++;
    script_report_tap(stdout, command->number, &reported);
    fflush(stdout);
}

/* Before anything runs: where results go is known to be good. */
static bool check_places(const struct test_command *command, struct sim_error *error)
{
    const char *folder = command->setup.options.screenshots;
    struct stat status;
    if (folder != NULL && mkdir(folder, 0777) != 0 &&
        (errno != EEXIST || stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))) {
        return sim_fail(error, SIM_WRONG_USE, "--screenshots %s: %s", folder,
                        errno == EEXIST ? "it is no folder" : strerror(errno));
    }
    if (command->junit != NULL) {
        FILE *stream = fopen(command->junit, "a");
        if (stream == NULL || fclose(stream) != 0) {
            return sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", command->junit,
                            strerror(errno));
        }
    }
    return true;
}

static bool write_junit(const struct test_command *command, struct sim_error *error)
{
    struct script_reported *reported = calloc(command->case_count, sizeof *reported);
    char(*replays)[REPLAY_BYTES] = calloc(command->case_count, sizeof *replays);
    FILE *stream = reported == NULL || replays == NULL ? NULL : fopen(command->junit, "w");
    bool good = stream != NULL || sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s",
                                           command->junit, strerror(errno));
    for (size_t i = 0; good && i < command->case_count; i++) {
        reported[i] = make_reported(command, &command->cases[i], replays[i]);
    }
    if (good) {
        script_report_junit(stream, reported, command->case_count);
    }
    if (stream != NULL && fclose(stream) != 0) {
        good =
            sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", command->junit, strerror(errno));
    }
    free(reported);
    free(replays);
    return good;
}

static enum sim_status judge(const struct test_command *command)
{
    static const enum sim_status statuses[] = {[SCRIPT_PASSED] = SIM_OK,
                                               [SCRIPT_FAILED] = SIM_GUEST_FAILED,
                                               [SCRIPT_BROKEN] = SIM_WRONG_USE,
                                               [SCRIPT_TROUBLE] = SIM_INTERNAL};
    enum sim_status worst = SIM_OK;
    size_t passed = 0;
    for (size_t i = 0; i < command->case_count; i++) {
        enum sim_status status = statuses[command->cases[i].result.verdict];
        worst = status > worst ? status : worst;
        passed += status == SIM_OK;
    }
    printf("# %zu of %zu passed\n", passed, command->case_count);
    return worst;
}

static enum sim_status run_cases(struct test_command *command, struct sim_error *error)
{
    if (!check_places(command, error)) {
        return error->status;
    }
    script_report_tap_begin(stdout, command->case_count);
    if (!test_workers_run(&command->setup, command->cases, command->case_count, tell, command,
                          error)) {
        return error->status;
    }
    enum sim_status status = judge(command);
    if (command->junit != NULL && !write_junit(command, error)) {
        return error->status;
    }
    return status;
}

static enum sim_status print_list(const struct test_command *command, struct sim_error *error)
{
    for (size_t i = 0; i < command->case_count; i++) {
        const struct test_task *task = &command->cases[i];
        if (task->done) {
            sim_fail(error, SIM_WRONG_USE, "%s", task->result.message);
        } else {
            printf("%s: %s\n", command->files.files[task->file].path, task->name);
        }
    }
    return error->status;
}

static void close_command(struct test_command *command)
{
    for (size_t i = 0; i < command->case_count; i++) {
        script_free_result(&command->cases[i].result);
    }
    for (size_t i = 0; command->listings != NULL && i < command->files.count; i++) {
        script_free_result(&command->listings[i].result);
        script_free_cases(&command->listings[i].cases);
    }
    free(command->cases);
    free(command->listings);
    test_files_free(&command->files);
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    struct test_command command = {0};
    enum sim_status status = SIM_OK;
    if (!read_options(&command, argc, argv, error)) {
        status = error->status;
    } else if (command.help) {
        fputs(help, stdout);
    } else if (!list_cases(&command, error)) {
        status = error->status;
    } else {
        status = command.list ? print_list(&command, error) : run_cases(&command, error);
    }
    close_command(&command);
    return status;
}

const struct command command_test = {.name = "test",
                                     .summary =
                                         "runs scenarios: what boards and apps are expected to do",
                                     .run = run};
