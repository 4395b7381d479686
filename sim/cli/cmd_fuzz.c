#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "peripherals/catalogue.h"
#include "sim/cli/number.h"
#include "sim/cli/board_file.h"
#include "sim/cli/board_kernel.h"
#include "sim/cli/command.h"
#include "sim/cli/guest.h"
#include "sim/cli/places.h"
#include "sim/faults/fuzz_campaign.h"
#include "sim/loader/file.h"

static const char help[] =
    "usage: sandglass fuzz [-b BOARD] [--calls N] [--seed N] [--corpus FOLDER] [--save FOLDER]\n"
    "                      [KERNEL.elf] [APP.tbf ...]\n"
    "       sandglass fuzz [-b BOARD] --replay FILE [KERNEL.elf] [APP.tbf ...]\n"
    "\n"
    "Lets three hostile apps make system calls at random, beside a witness and the apps that are\n"
    "given, and judges all that kernel, devices and apps do to memory, registers and time.\n"
    "docs/security.md tells what is checked.\n"
    "\n"
    "  -b, --board BOARD   default " BOARD_FILE_DEFAULT
    "; without KERNEL.elf the kernel that comes with it\n"
    "  --calls N           make at least so many calls (default 1000000)\n"
    "  --seed N            another seed, other cases (default 1); the same seed, the same cases\n"
    "  --corpus FOLDER     begin with the cases of this folder, in the order of their names\n"
    "  --save FOLDER       where findings go, and with --keep cases that reached new code\n"
    "                      (default: the current folder)\n"
    "  --keep N            the N cases that reached the most new code, to --save's folder\n"
    "  --blocks FILE       writes which addresses of the kernel's code have run\n"
    "  --replay FILE       plays one case\n"
    "\n"
    "Exit status: 0 nothing found, 1 something found, 2 wrong use, 3 trouble of the simulator.\n";

struct fuzz_options {
    const char *board, *corpus, *save, *replay, *blocks;
    uint64_t calls, seed, keep;
    char *const *files;
    int file_count;
    bool help;
};

struct fuzz_session {
    struct fuzz_options options;
    struct board board;
    struct guest guest;
    struct machine *machine;
    struct ownership *ownership;
    struct fuzz_stage *stage;
    struct fuzz_campaign campaign;
    struct timespec begun;
};

/* ---- options ---- */

enum {
    OPTION_CALLS = 256,
    OPTION_SEED,
    OPTION_CORPUS,
    OPTION_SAVE,
    OPTION_KEEP,
    OPTION_BLOCKS,
    OPTION_REPLAY
};

static const struct option long_options[] = {
    {"board", required_argument, NULL, 'b'},
    {"calls", required_argument, NULL, OPTION_CALLS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"corpus", required_argument, NULL, OPTION_CORPUS},
    {"save", required_argument, NULL, OPTION_SAVE},
    {"keep", required_argument, NULL, OPTION_KEEP},
    {"blocks", required_argument, NULL, OPTION_BLOCKS},
    {"replay", required_argument, NULL, OPTION_REPLAY},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool parse_number(const char *name, const char *text, uint64_t *number,
                         struct sim_error *error)
{
    return number_parse(text, 10, number) ||
           sim_fail(error, SIM_WRONG_USE, "%s takes a number, not '%s'", name, text);
}

static bool take_option(int option, struct fuzz_options *options, struct sim_error *error)
{
    switch (option) {
    case 'b':
        options->board = optarg;
        return true;
    case 'h':
        options->help = true;
        return true;
    case OPTION_CALLS:
        return parse_number("--calls", optarg, &options->calls, error);
    case OPTION_SEED:
        return parse_number("--seed", optarg, &options->seed, error);
    case OPTION_KEEP:
        return parse_number("--keep", optarg, &options->keep, error);
    case OPTION_CORPUS:
        options->corpus = optarg;
        return true;
    case OPTION_SAVE:
        options->save = optarg;
        return true;
    case OPTION_BLOCKS:
        options->blocks = optarg;
        return true;
    default: /* OPTION_REPLAY: there is no other */
        options->replay = optarg;
        return true;
    }
}

static bool parse_options(int argc, char **argv, struct fuzz_options *options,
                          struct sim_error *error)
{
    int option = 0;
    *options = (struct fuzz_options){
        .board = BOARD_FILE_DEFAULT, .save = ".", .calls = 1000000, .seed = 1};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":b:h", long_options, NULL)) != -1) {
        if (option == '?' || option == ':') {
            return command_refuse_option(option, argv, error);
        }
        if (!take_option(option, options, error)) {
            return false;
        }
    }
    options->files = argv + optind;
    options->file_count = argc - optind;
    return true;
}

/* ---- the machine ---- */

static bool add_own(struct fuzz_session *session, const char *relative, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    if (!places_find(relative, path, sizeof path)) {
        return sim_fail(error, SIM_WRONG_USE, "%s is not there: build it (cmake --build)", path);
    }
    return guest_add_file(&session->guest, path, error);
}

static bool add_kernel(struct fuzz_session *session, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    return board_kernel_find(&session->board, session->options.board, path, sizeof path, error) &&
           guest_add_file(&session->guest, path, error);
}

static bool add_files(struct fuzz_session *session, struct sim_error *error)
{
    static const char *const names[] = FUZZ_APP_NAMES;
    const struct fuzz_options *options = &session->options;
    for (int i = 0; i < options->file_count; i++) {
        if (!guest_add_file(&session->guest, options->files[i], error)) {
            return false;
        }
    }
    bool good = guest_has_firmware(&session->guest) || add_kernel(session, error);
    for (size_t i = 0; i < sizeof names / sizeof names[0] && good; i++) {
        char relative[128];
        snprintf(relative, sizeof relative, "firmware/apps/tests/%s.tbf", names[i]);
        good = add_own(session, relative, error);
    }
    return good && add_own(session, "firmware/apps/tests/" FUZZ_WITNESS_NAME ".tbf", error);
}

static bool open_machine(struct fuzz_session *session, struct sim_error *error)
{
    struct machine_config config = {.board = &session->board,
                                    .seed = 1,
                                    .flash_timing = session->board.flash_timing,
                                    .quirk = catalogue_find_quirk(session->board.chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    session->machine = machine_create(&config, error);
    if (session->machine == NULL || !guest_load(&session->guest, session->machine, error)) {
        return false;
    }
    session->ownership = ownership_create(session->machine, &session->guest.firmware, error);
    if (session->ownership == NULL) {
        return false;
    }
    machine_reset(session->machine, RESET_POWER_ON);
    session->stage = fuzz_stage_open(session->machine, session->ownership, error);
    return session->stage != NULL &&
           fuzz_campaign_open(&session->campaign, session->stage, &session->board, error);
}

static void close_session(struct fuzz_session *session)
{
    fuzz_campaign_close(&session->campaign);
    fuzz_stage_close(session->stage);
    ownership_destroy(session->ownership);
    machine_destroy(session->machine);
    guest_free(&session->guest);
    board_free(&session->board);
}

/* ---- files of cases ---- */

static bool read_case(const struct fuzz_session *session, const char *path, struct fuzz_case *read,
                      struct sim_error *error)
{
    struct file_bytes bytes;
    if (!file_read(path, &bytes, error)) {
        return false;
    }
    char *text = malloc(bytes.size + 1);
    bool good = text != NULL || sim_fail(error, SIM_INTERNAL, "no memory for %s", path);
    if (good) {
        memcpy(text, bytes.data, bytes.size);
        text[bytes.size] = '\0';
        good = fuzz_case_read(read, &session->board, path, text, error);
    }
    free(text);
    file_free(&bytes);
    return good;
}

static bool write_case(const struct fuzz_session *session, const char *path,
                       const struct fuzz_case *written, const char *comment,
                       struct sim_error *error)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "%s cannot be written: %s", path, strerror(errno));
    }
    if (comment[0] != '\0') {
        fprintf(file, "# %s\n", comment);
    }
    fuzz_case_write(written, &session->board, file);
    return fclose(file) == 0 ||
           sim_fail(error, SIM_WRONG_USE, "%s cannot be written: %s", path, strerror(errno));
}

static int is_case(const struct dirent *entry)
{
    return file_has_ending(entry->d_name, ".case");
}

static bool add_corpus(struct fuzz_session *session, const struct fuzz_campaign_options *options,
                       struct sim_error *error)
{
    struct dirent **entries = NULL;
    const char *folder = session->options.corpus;
    int count = folder == NULL ? 0 : scandir(folder, &entries, is_case, alphasort);
    if (count < 0) {
        return sim_fail(error, SIM_WRONG_USE, "--corpus %s: %s", folder, strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        char path[PLACES_PATH_MAX + 256];
        struct fuzz_case read;
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        (void)(error->status == SIM_OK && read_case(session, path, &read, error) &&
               fuzz_campaign_add(&session->campaign, &read, options, error));
        free(entries[i]);
    }
    free(entries);
    return error->status == SIM_OK;
}

/* ---- what is told ---- */

static void print_replay(const struct fuzz_session *session, const char *path)
{
    printf("  sandglass fuzz -b %s --replay %s", session->options.board, path);
    for (int i = 0; i < session->options.file_count; i++) {
        printf(" %s", session->options.files[i]);
    }
    printf("\n");
}

static void on_found(void *context, const struct fuzz_finding *finding)
{
    struct fuzz_session *session = context;
    struct sim_error error = {.status = SIM_OK};
    char path[PLACES_PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/finding-%zu.case", session->options.save,
             session->campaign.finding_count);
    printf("finding %zu: %s\n", session->campaign.finding_count, finding->outcome.text);
    if (write_case(session, path, &finding->shown, finding->outcome.text, &error)) {
        print_replay(session, path);
    } else {
        fprintf(stderr, "sandglass fuzz: %s\n", error.text);
    }
    fflush(stdout);
}

static double seconds_since(const struct timespec *begun)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

static void on_progress(void *context, uint64_t calls, uint64_t cases)
{
    const struct fuzz_session *session = context;
    fprintf(stderr,
            "sandglass fuzz: %" PRIu64 " calls in %" PRIu64 " cases, %zu kept, %u bytes of "
            "the kernel's code, %zu findings, %.0f calls/s\n",
            calls, cases, session->campaign.corpus_count, 2 * fuzz_stage_covered(session->stage),
            session->campaign.finding_count, (double)calls / seconds_since(&session->begun));
}

static bool write_blocks(const struct fuzz_session *session, struct sim_error *error)
{
    const char *path = session->options.blocks;
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (path != NULL && file == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "%s cannot be written: %s", path, strerror(errno));
    }
    uint32_t base = session->board.flash.base;
    for (uint32_t at = base; file != NULL && at < session->board.apps.base; at += 2) {
        if (fuzz_stage_has_run(session->stage, at)) {
            fprintf(file, "%08x\n", at);
        }
    }
    return file == NULL || fclose(file) == 0 ||
           sim_fail(error, SIM_WRONG_USE, "%s cannot be written: %s", path, strerror(errno));
}

/* The cases that reached the most; those that are left out go first in the order of age. */
static bool keep_best(struct fuzz_session *session, struct sim_error *error)
{
    struct fuzz_campaign *campaign = &session->campaign;
    for (uint64_t kept = 0; kept < session->options.keep; kept++) {
        size_t best = 0;
        for (size_t i = 1; i < campaign->corpus_count; i++) {
            best = campaign->gain[i] > campaign->gain[best] ? i : best;
        }
        if (campaign->corpus_count == 0 || campaign->gain[best] == 0) {
            return true;
        }
        char path[PLACES_PATH_MAX + 64];
        snprintf(path, sizeof path, "%s/%04zu.case", session->options.save, best);
        if (!write_case(session, path, &campaign->corpus[best], "", error)) {
            return false;
        }
        campaign->gain[best] = 0;
    }
    return true;
}

/* ---- the command ---- */

static bool replay(struct fuzz_session *session, struct sim_error *error)
{
    struct fuzz_case read;
    struct fuzz_outcome outcome;
    if (!read_case(session, session->options.replay, &read, error) ||
        !fuzz_stage_play(session->stage, &read, &outcome, error)) {
        return false;
    }
    if (outcome.verdict == FUZZ_NOTHING) {
        printf("%s: %" PRIu64 " calls, nothing found\n", session->options.replay, outcome.calls);
        return true;
    }
    printf("%s: %s\n", session->options.replay, outcome.text);
    error->status = SIM_GUEST_FAILED;
    return false;
}

static bool campaign(struct fuzz_session *session, struct sim_error *error)
{
    const struct fuzz_campaign_options options = {.calls = session->options.calls,
                                                  .seed = session->options.seed,
                                                  .found = on_found,
                                                  .progress = on_progress,
                                                  .context = session};
    struct fuzz_campaign *campaign = &session->campaign;
    (void)mkdir(session->options.save, 0777);
    clock_gettime(CLOCK_MONOTONIC, &session->begun);
    if (!add_corpus(session, &options, error) || !fuzz_campaign_run(campaign, &options, error) ||
        !write_blocks(session, error) || !keep_best(session, error)) {
        return false;
    }
    printf("%s: %" PRIu64 " calls in %" PRIu64 " cases, %zu drivers, %u bytes of the kernel's code "
           "ran, %zu findings\n",
           session->board.model, campaign->calls, campaign->cases, campaign->ground.present_count,
           2 * fuzz_stage_covered(session->stage), campaign->finding_count);
    fprintf(stderr, "sandglass fuzz: %.0f calls/s\n",
            (double)campaign->calls / seconds_since(&session->begun));
    if (campaign->finding_count > 0) {
        error->status = SIM_GUEST_FAILED;
    }
    return campaign->finding_count == 0;
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    static struct fuzz_session session;
    session = (struct fuzz_session){.machine = NULL};
    if (!parse_options(argc, argv, &session.options, error)) {
        return error->status;
    }
    if (session.options.help) {
        fputs(help, stdout);
        return SIM_OK;
    }
    if (!board_file_read(session.options.board, &session.board, error)) {
        return error->status;
    }
    bool good =
        add_files(&session, error) && open_machine(&session, error) &&
        (session.options.replay != NULL ? replay(&session, error) : campaign(&session, error));
    enum sim_status status = good ? SIM_OK : error->status;
    if (error->text[0] == '\0') {
        error->status = SIM_OK; /* findings are told already */
    }
    close_session(&session);
    return status;
}

const struct command command_fuzz = {
    .name = "fuzz", .summary = "lets hostile apps loose on a kernel, and watches", .run = run};
